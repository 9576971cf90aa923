"""What ``point-contact bench sync`` starts: the floor, our two ends with a record kind of the benchmark, the proxy."""
