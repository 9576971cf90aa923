"""Every sentence of the interface, one module per area."""
