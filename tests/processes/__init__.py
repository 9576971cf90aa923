"""Real processes of hub and terminal, through their command lines."""
