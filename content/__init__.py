"""What is shown, and why it may be trusted. Imports nobody."""
