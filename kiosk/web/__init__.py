"""The kiosk's web host, its assets, and the guard around what may fail."""
