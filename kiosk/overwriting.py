"""Memory that the terminal's program has freed is overwritten, so that nothing typed stays in it after a visit.

Freed memory keeps its bytes until something else is written there. The C library of Debian (glibc) overwrites each
piece as it is freed when it is told so at the start of the process, on two conditions: Python must ask it for every
object (``PYTHONMALLOC=malloc``), and it must not set freed pieces aside (``tcache_count=0``: without it some stayed
readable, measured with glibc 2.36). Price and effect: docs/decisions/0032.
"""

import os
import sys
from collections.abc import Callable, Mapping, MutableMapping

TUNABLES = "GLIBC_TUNABLES"
OVERWRITES = {"PYTHONMALLOC": "malloc", TUNABLES: "glibc.malloc.perturb=165:glibc.malloc.tcache_count=0"}
"""The environment in which freed memory is overwritten; the same is in packaging/terminal/."""
BEGUN_AGAIN = "POINT_CONTACT_BEGUN_AGAIN"


def has_glibc() -> bool:
    """True where the C library is glibc; another one (musl) would not understand."""
    try:
        return (os.confstr("CS_GNU_LIBC_VERSION") or "").startswith("glibc")
    except (ValueError, OSError):
        return False


def overwriting(environment: Mapping[str, str]) -> bool:
    """True when a process that began with `environment` overwrites what it frees."""
    told = environment.get(TUNABLES, "").split(":")
    return environment.get("PYTHONMALLOC") == "malloc" and set(OVERWRITES[TUNABLES].split(":")) <= set(told)


def overwrite_freed(
    environment: MutableMapping[str, str] = os.environ, *, glibc: Callable[[], bool] = has_glibc,
    begin: Callable[[str, list[str], dict[str, str]], object] = os.execve,
) -> None:  # fmt: skip
    """Makes this process one that overwrites what it frees: the same command begins again, once, in the same process.

    Returns when it is one, or cannot be (another C library). `environment` is then without these words: they are not
    meant for the programs that this one starts.
    """
    if not (overwriting(environment) or BEGUN_AGAIN in environment) and glibc():
        told = [environment[TUNABLES]] if environment.get(TUNABLES) else []
        tunables = ":".join([*told, OVERWRITES[TUNABLES]])
        again = {**environment, **OVERWRITES, TUNABLES: tunables, BEGUN_AGAIN: "1"}
        begin(sys.executable, [sys.executable, *sys.orig_argv[1:]], again)
    for name in (*OVERWRITES, BEGUN_AGAIN):
        environment.pop(name, None)
