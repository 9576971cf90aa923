"""Where the processor time of one end goes: written only where ``BENCH_PROFILE`` names a file."""

from __future__ import annotations

import atexit
import cProfile
import os
from functools import wraps
from typing import Any

VARIABLE = "BENCH_PROFILE"


def watch(owner: Any, name: str) -> None:
    """Profiles every call of one method, in whatever thread, until this process ends. Nothing unless asked for."""
    path = os.environ.get(VARIABLE)
    if path is None:
        return
    profile = cProfile.Profile()
    method = getattr(owner, name)

    @wraps(method)
    def watched(*given: Any, **named: Any) -> Any:
        profile.enable()
        try:
            return method(*given, **named)
        finally:
            profile.disable()

    setattr(owner, name, watched)
    atexit.register(profile.dump_stats, path)
