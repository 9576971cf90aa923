"""`lp`, `lpstat` and `cancel` as CUPS 2.4.2 answers them (LANG=C), over a spool in a folder: programs of the tests.

Its words were copied from a real scheduler. The state of a queue is a file ``state`` in its folder:
``ok``, ``hold`` (jobs wait), ``no_paper``, ``paused``, ``unavailable``, ``abort``, ``rejecting``, ``hang``.
"""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path

SPOOL = Path(os.environ.get("STAND_IN_SPOOL", "/nonexistent"))
DATE = "Sun Nov 22 18:07:08 2026"


def fail(words: str) -> int:
    sys.stderr.write(words + "\n")
    return 1


def queue_in(words: list[str], option: str) -> str:
    return words[words.index(option) + 1]


def state_of(queue: str) -> str:
    return (SPOOL / queue / "state").read_text()


def lp(words: list[str]) -> int:
    queue = queue_in(words, "-d")
    if not (SPOOL / queue).is_dir():
        return fail("lp: Error - The printer or class does not exist.")
    if state_of(queue) == "hang":
        time.sleep(60)
    if state_of(queue) == "rejecting":
        return fail(f'lp: Destination "{queue}" is not accepting jobs.')
    number = len(list(SPOOL.glob("*/job-*"))) + 1
    job = SPOOL / queue / f"job-{number}"
    job.mkdir()
    (job / "words").write_text("\n".join(words))
    document = sys.stdin.buffer.read()
    (job / "printed" if state_of(queue) == "ok" else job / "data").write_bytes(document)
    print(f"request id is {queue}-{number} (0 file(s))")
    return 0


def lpstat(words: list[str]) -> int:
    queue = queue_in(words, "-p" if "-p" in words else "-o")
    if not (SPOOL / queue).is_dir():
        return fail(f'lpstat: Invalid destination name in list "{queue}".')
    state = state_of(queue)
    if state == "hang":
        time.sleep(60)
    if "-p" in words:
        first, alerts = f"printer {queue} is idle.  enabled since {DATE}", "none"
        if state in ("hold", "unavailable", "no_paper"):
            first = f"printer {queue} now printing {queue}-1.  enabled since {DATE}"
            alerts = "media-empty-error" if state == "no_paper" else "none"
        if state == "paused":
            first, alerts = f"printer {queue} disabled since {DATE} -\n\tPaused", "paused"
        print(
            f"{first}\n\tForm mounted:\n\tContent types: any\n\tDescription: {queue}\n\tAlerts: {alerts}\n\tLocation: "
        )
        return 0
    done = "completed" in words
    for job in sorted((SPOOL / queue).glob("job-*")):
        printed, cancelled = (job / "printed").exists(), (job / "cancelled").exists()
        ended = printed or cancelled or state == "abort"
        if ended is not done:
            continue
        status = "The printer may not exist or is unavailable at this time." if state == "unavailable" else ""
        alerts = "processing-to-stop-point" if printed else "job-canceled-by-user" if cancelled else "job-printing"
        alerts = "aborted-by-system" if state == "abort" else alerts
        name = f"{queue}-{job.name[4:]}"
        print(
            f"{name:<24}root              1024   {DATE}\n\tStatus: {status}\n\tAlerts: {alerts}\n\tqueued for {queue}"
        )
    return 0


def cancel(words: list[str]) -> int:
    if "-a" in words:
        if not (SPOOL / words[-1]).is_dir():
            return fail(f'cancel: Error - unknown destination "{words[-1]}".')
        for data in (SPOOL / words[-1]).glob("job-*/data"):
            (data.parent / "cancelled").touch()
            data.unlink()
        return 0
    found = re.fullmatch(r"(.+)-(\d+)", words[-1])
    assert found is not None
    job = SPOOL / found[1] / f"job-{found[2]}"
    if not job.is_dir():
        return fail(f"cancel: cancel-job failed: Job #{found[2]} does not exist.")
    if (job / "printed").exists():
        return fail(f"cancel: cancel-job failed: Job #{found[2]} is already completed - can't cancel.")
    assert "-x" in words, "without it the document stays in the spool"
    (job / "data").unlink(missing_ok=True)
    (job / "cancelled").touch()
    return 0


if __name__ == "__main__":
    assert os.environ["LC_ALL"] == "C", "its words are read, so they must be English"
    name, given = Path(sys.argv[0]).name, sys.argv[1:]
    sys.exit({"lp": lp, "lpstat": lpstat, "cancel": cancel}[name](given))
