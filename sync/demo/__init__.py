"""The demonstration: real processes of the hub and of a terminal, started by their command lines."""
