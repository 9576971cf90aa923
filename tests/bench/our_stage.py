"""A hub made ready, as its operator would: the commands of ``point-contact hub``, one after the other. ``HOME COUNT``.

Makes what is missing (keys, a person, one site) and prints ``COUNT`` enrolment codes of that site as one JSON array.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from pathlib import Path

from sync.command import run

PERSON, SITE = "Camille Exemple", "site-du-banc"


def typed(home: Path, *words: str) -> str:
    """Runs one command in this process and returns what it printed; ends with its exit status when that is not 0."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        status = run(["hub", *words, "--home", str(home), "--as", PERSON])
    if status != 0:
        sys.exit(status)
    return said.getvalue()


def stage(home: Path, count: int) -> list[str]:
    """Makes the hub where it is missing, and invites that many terminals."""
    if not (home / "hub.db").exists():
        typed(home, "keys", "init")
        typed(home, "account", "add", PERSON, "--role", "administration", "--role", "exploitation")
        typed(home, "site", "add", SITE, "--name", "Le banc d’essai", "--zone", "Europe/Paris")
    invited = [typed(home, "terminal", "invite", "--site", SITE, "--json") for _ in range(count)]
    return [json.loads(text)["code"] for text in invited]


if __name__ == "__main__":
    print(json.dumps(stage(Path(sys.argv[1]), int(sys.argv[2]))))
