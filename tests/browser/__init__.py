"""Whole journeys in a real Chromium, on real processes of hub and terminal."""
