"""What brings paper out: the promise of a printer, and the two that keep it, a CUPS queue and a folder."""

from __future__ import annotations

import getpass
import os
import re
import secrets
import subprocess
from pathlib import Path
from typing import Protocol

from kiosk.printing.pdf import A4, ROLL, Document
from kiosk.printing.pen import TITLE

PRINTING, PRINTED = "printing", "printed"
NO_PAPER, STOPPED, UNKNOWN, UNREACHABLE, FAILED = "no_paper", "stopped", "unknown", "unreachable", "failed"
FAULTS = (NO_PAPER, STOPPED, UNKNOWN, UNREACHABLE, FAILED)
"""Why no paper comes out; each has its own sentence on the screen."""
COMMAND_S = 5.0
"""No command of CUPS is waited for longer: its scheduler may hang with the printer."""
BACKEND_GIVES_UP = ("may not exist", "unavailable", "unable to locate", "unreachable", "not responding", "offline")


class PrinterFault(Exception):
    """A paper was not taken. ``code`` is one of ``FAULTS``; never the printer's own words, which may name a file."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Printer(Protocol):
    """Where papers go. Every method answers within seconds, or raises PrinterFault."""

    def paper(self) -> str:
        """The format that lies in it, one of ``kiosk.printing.pdf.FORMATS``."""

    def submit(self, document: Document) -> str:
        """Hands a document over; returns the name of the job. Raises PrinterFault."""

    def look(self, job: str) -> str:
        """``printing``, ``printed``, or one of ``FAULTS``."""

    def withdraw(self, job: str) -> None:
        """Takes back a job that has not come out, and what is kept of it; nothing happens where it has."""

    def clear(self) -> None:
        """Takes back whatever an earlier run of this program, which was killed, has left waiting."""


class CupsQueue:
    """A queue of CUPS, through ``lp``, ``lpstat`` and ``cancel``: Debian's ``cups-client``, no library to keep.

    The document goes through a pipe, so that no file of ours holds it; what CUPS keeps in its spool goes with
    ``withdraw`` (``cancel -x``), and, once printed, with ``PreserveJobFiles No`` in ``cupsd.conf``.
    """

    def __init__(self, queue: str, paper: str | None = None) -> None:
        """``paper`` None: what the queue says that it holds, asked once."""
        self._queue, self._paper = queue, paper

    def paper(self) -> str:
        """See ``Printer``."""
        if self._paper is None:
            said = _run("lpoptions", "-p", self._queue, "-l").stdout
            chosen = re.search(r"^PageSize/[^:]*:.*?\*(\S+)", said, re.MULTILINE)
            # A narrow roll has a name of its own with each driver; a page is called A4 or Letter by all.
            page = chosen is None or re.match(r"(A4|A5|Letter|Legal)", chosen[1]) is not None
            self._paper = A4 if page else ROLL
        return self._paper

    def submit(self, document: Document) -> str:
        """See ``Printer``. The title is the same for everybody: it stands in the list of jobs."""
        wide = document.width_mm >= 200
        media = "A4" if wide else f"Custom.{document.width_mm:.0f}x{document.height_mm:.0f}mm"
        options = ["-o", f"media={media}", "-o", "job-sheets=none", *(["-o", "fit-to-page"] if wide else [])]
        done = _run("lp", "-d", self._queue, "-t", TITLE, *options, "-", sent=document.pdf)
        job = re.search(r"request id is (\S+-\d+)", done.stdout)
        if done.returncode == 0 and job is not None:
            return job[1]
        raise PrinterFault(_refusal(done.stderr))

    def look(self, job: str) -> str:
        """See ``Printer``."""
        waiting = _blocks(_run("lpstat", "-l", "-W", "not-completed", "-o", self._queue))
        if job not in waiting:
            done = _blocks(_run("lpstat", "-l", "-W", "completed", "-o", self._queue)).get(job, "")
            ended_badly = re.search(r"aborted|job-canceled|cancel", done)
            return FAILED if ended_badly else PRINTED
        return self._fault() or _unreachable(waiting[job]) or PRINTING

    def withdraw(self, job: str) -> None:
        """See ``Printer``."""
        _run("cancel", "-x", job)

    def clear(self) -> None:
        """See ``Printer``: every job of the user that this program runs as, in this queue only."""
        _run("cancel", "-x", "-u", getpass.getuser(), "-a", self._queue)

    def _fault(self) -> str:
        """Why the queue stands still, or ""."""
        said = _run("lpstat", "-l", "-p", self._queue)
        if said.returncode != 0:
            return _refusal(said.stderr)
        alerts = re.search(r"Alerts:(.*)", said.stdout)
        if re.search(r"media-(empty|needed)", alerts[1] if alerts else ""):
            return NO_PAPER
        if re.search(r"^printer \S+ disabled", said.stdout, re.MULTILINE):
            return NO_PAPER if "paper" in said.stdout.lower() else STOPPED
        if re.search(r"(media-jam|door-open|cover-open|marker-supply-empty|toner-empty)", alerts[1] if alerts else ""):
            return STOPPED
        return ""


class FolderPrinter:
    """A folder in which each paper is a PDF: for demonstrations, tests, and a site whose own program prints what comes.

    Whoever takes the file away has taken the paper: what is still there at the end of the visit is removed.
    """

    def __init__(self, folder: Path, paper: str = ROLL) -> None:
        self._folder, self._paper = folder, paper

    def paper(self) -> str:
        """See ``Printer``."""
        return self._paper

    def submit(self, document: Document) -> str:
        """See ``Printer``. The name of the file says nothing; only its owner reads it."""
        job = f"point-contact-{secrets.token_hex(6)}.pdf"
        draft = self._folder / f".{job}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(document.pdf)
            draft.rename(self._folder / job)
        except OSError:
            raise PrinterFault(UNREACHABLE) from None
        return job

    def look(self, job: str) -> str:
        """See ``Printer``: it is written, or was taken away."""
        del job
        return PRINTED

    def withdraw(self, job: str) -> None:
        """See ``Printer``."""
        self._remove(self._folder / job)

    def clear(self) -> None:
        """See ``Printer``."""
        for pattern in ("point-contact-*.pdf", ".point-contact-*.pdf"):
            for left in self._folder.glob(pattern):
                self._remove(left)

    def _remove(self, file: Path) -> None:
        try:
            file.unlink(missing_ok=True)
        except OSError:
            raise PrinterFault(UNREACHABLE) from None


def _run(*command: str, sent: bytes | None = None) -> subprocess.CompletedProcess[str]:
    """A command of CUPS, in English. Raises PrinterFault when it is missing or does not answer."""
    try:
        done = subprocess.run(
            command, input=sent, stdin=subprocess.DEVNULL if sent is None else None, capture_output=True, check=False,
            timeout=COMMAND_S, env={**os.environ, "LC_ALL": "C", "LANG": "C"},
        )  # fmt: skip
    except FileNotFoundError:
        raise PrinterFault(UNKNOWN) from None
    except (subprocess.TimeoutExpired, OSError):
        raise PrinterFault(UNREACHABLE) from None
    said, refused = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
    return subprocess.CompletedProcess(command, done.returncode, said, refused)


def _refusal(stderr: str) -> str:
    """What CUPS 2.4 says on stderr, as a code."""
    said = stderr.lower()
    if "not accepting" in said:
        return STOPPED
    if "scheduler" in said or "unable to connect" in said or "bad file descriptor" in said:
        return UNREACHABLE
    # Without its scheduler CUPS 2.4 calls every queue unknown too; both need the same hand.
    return UNKNOWN if "does not exist" in said or "invalid destination" in said or "unknown" in said else FAILED


def _blocks(listed: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """The jobs of ``lpstat -l -o``: a line that begins with the name of each, and indented lines about it."""
    if listed.returncode != 0:
        raise PrinterFault(_refusal(listed.stderr))
    found: dict[str, str] = {}
    job = ""
    for line in listed.stdout.splitlines():
        if line[:1].strip():
            job = line.split()[0]
            found[job] = ""
        else:
            found[job] = found.get(job, "") + line + "\n"
    return found


def _unreachable(about: str) -> str:
    """``unreachable`` where the way to the printer says that nobody answers there, else ""."""
    status = about.lower()
    return UNREACHABLE if any(words in status for words in BACKEND_GIVES_UP) else ""
