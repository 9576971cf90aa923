"""For every test: what is found by chance is not judged by how fast this machine is at the moment."""

from __future__ import annotations

from hypothesis import settings

from sync.collecting import collect_rarely

settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


def pytest_collection_finish() -> None:
    """What was imported stays until the end: it need not be looked through again and again."""
    collect_rarely()
