"""Prints for one visit: one paper at a time, so many and no more; at its end what has not come out is taken back."""

from __future__ import annotations

import logging
import threading
import time
import weakref
from collections.abc import Callable
from typing import Protocol

from kiosk.printing.pdf import Document, make_pdf
from kiosk.printing.printer import FAULTS, PRINTED, PRINTING, Printer, PrinterFault
from kiosk.printing.sheet import Sheet

PAPERS_MAX = 6
"""A roll is for everybody: who needs a seventh paper asks at the desk."""
PATIENCE_S = 15.0
LOOK_S = 0.5
SLOW, LIMIT, BUSY, OVER = "slow", "limit", "busy", "over"
LOG = logging.getLogger(__name__)


class PaperOut(Protocol):
    """What the guided window needs to print a page that the visitor asked for."""

    def print_pdf(self, pdf: bytes, title: str) -> bool:
        """True when the document was taken by the printer; False when not (no paper, limit, visit over).

        ``title`` is for the caller's own messages: the job is called like every other one.
        """


class Counter:
    """The printing of one visit. Its methods may be called from any thread; ``end`` returns at once.

    Args:
        printer: the site's.
        now: seconds, monotonic; sleep: waits so many of them.
    """

    def __init__(
        self,
        printer: Printer,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._printer, self._now, self._sleep = printer, now, sleep
        self._one = threading.Lock()
        self._state = threading.Lock()
        self._jobs: list[str] = []
        self._count = 0
        self._over = False

    @property
    def count(self) -> int:
        """How many papers the printer has taken in this visit."""
        return self._count

    def print_sheet(self, make: Callable[[], Sheet]) -> str:
        """Prints a paper and waits until it is out, fifteen seconds at most.

        Returns ``printed``; ``slow`` (the printer has it, nothing says more); ``limit``, ``busy`` (another one is on
        its way), ``over`` (the visit ended); or a fault of ``kiosk.printing.printer``: nothing then waits in the queue.
        """
        return self._print(lambda: make_pdf(make(), self._printer.paper()))

    def print_pdf(self, pdf: bytes, title: str) -> bool:
        """See ``PaperOut``: a page of A4, which a roll printer makes narrower."""
        del title
        return self._print(lambda: Document(pdf, 210, 297)) in (PRINTED, SLOW)

    def end(self) -> None:
        """The visit is over: nothing more is printed, and what waits is taken back, beside the screens' thread."""
        with self._state:
            self._over, jobs, self._jobs = True, self._jobs, []
        if jobs:
            threading.Thread(target=self._withdraw, args=(jobs,), name="papers", daemon=True).start()

    def close(self) -> None:
        """As ``end``, but waits until the printer has been told: the program is about to stop."""
        with self._state:
            self._over, jobs, self._jobs = True, self._jobs, []
        self._withdraw(jobs)

    def _print(self, make: Callable[[], Document]) -> str:
        if not self._one.acquire(blocking=False):
            return BUSY
        try:
            if self._over or self._count >= PAPERS_MAX:
                return OVER if self._over else LIMIT
            job = self._printer.submit(make())
            with self._state:
                self._count += 1
                ended = self._over
                if not ended:
                    self._jobs.append(job)
            if ended:
                self._withdraw([job])
                return OVER
            return self._follow(job)
        except PrinterFault as fault:
            return fault.code
        finally:
            self._one.release()

    def _follow(self, job: str) -> str:
        until = self._now() + PATIENCE_S
        while not self._over:
            seen = self._printer.look(job)
            if seen in FAULTS:
                self._take_back(job)  # it must not come out later, for the next person
                return seen
            if seen != PRINTING or self._now() >= until:
                return PRINTED if seen == PRINTED else SLOW
            self._sleep(LOOK_S)
        return OVER

    def _take_back(self, job: str) -> None:
        with self._state:
            if job in self._jobs:
                self._jobs.remove(job)
            self._count -= 1
        self._withdraw([job])

    def _withdraw(self, jobs: list[str]) -> None:
        for job in jobs:
            try:
                self._printer.withdraw(job)
            except PrinterFault as fault:
                LOG.warning("a paper could not be taken back: %s", fault.code)


class Counters:
    """The counters of the visits in progress, so that none of their papers outlives the program."""

    def __init__(self, printer: Printer | None) -> None:
        self._printer = printer
        self._open: weakref.WeakSet[Counter] = weakref.WeakSet()

    def new(self) -> Counter | None:
        """The counter of a visit that begins; ``None`` without a printer."""
        if self._printer is None:
            return None
        counter = Counter(self._printer)
        self._open.add(counter)
        return counter

    def begin(self) -> None:
        """Takes back, in a thread of its own, what an earlier run that was killed has left waiting."""
        if self._printer is not None:
            threading.Thread(target=self._clear, args=(self._printer,), name="papers", daemon=True).start()

    @staticmethod
    def _clear(printer: Printer) -> None:
        try:
            printer.clear()
        except PrinterFault as fault:
            LOG.warning("papers of an earlier run could not be taken back: %s", fault.code)

    def close(self) -> None:
        """Takes back whatever has not come out."""
        for counter in list(self._open):
            counter.close()
