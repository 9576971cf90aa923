"""For every test: what is found by chance is not judged by how fast this machine is at the moment."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")
