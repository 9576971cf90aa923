"""The least Django site that Morango needs to carry the records of the benchmark."""
