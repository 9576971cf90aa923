"""Paper: what a sheet says, its PDF, the printers that bring it out, and the counter that prints for one visit."""
