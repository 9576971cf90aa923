"""Where the processor time of one end goes: the profile of one method, in whatever thread it runs."""

from __future__ import annotations

import cProfile
import time
from functools import wraps
from typing import Any


class _Watched:
    """The profile that is being made, and the file it is for; nothing is profiled without one."""

    profile: cProfile.Profile | None = None
    path: str = ""


def watch(owner: Any, name: str) -> None:
    """Makes every call of one method pass through the profile, while there is one."""
    method = getattr(owner, name)

    @wraps(method)
    def watched(*given: Any, **named: Any) -> Any:
        profile = _Watched.profile
        if profile is None:
            return method(*given, **named)
        profile.enable()
        try:
            return method(*given, **named)
        finally:
            profile.disable()

    setattr(owner, name, watched)


def begin(path: str | None) -> None:
    """Begins a profile for a file; ``None`` for no profile."""
    end()
    if path is not None:
        _Watched.profile, _Watched.path = cProfile.Profile(time.thread_time), path  # processor time: others use it too


def end() -> None:
    """Writes the profile, if one was begun."""
    profile, _Watched.profile = _Watched.profile, None
    if profile is not None and profile.getstats():
        profile.dump_stats(_Watched.path)
