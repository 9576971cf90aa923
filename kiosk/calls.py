"""Calls for help, and what visits say at their end, as this terminal tells them. The second storey of actions.

A call rings and shows its flag whatever becomes of its record: what fails here is told to nobody but the desk.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from kiosk import moments, reading
from kiosk.known import Known
from kiosk.views import CallView
from sync.change import Value
from sync.records import HelpCallFields
from sync.records.help_call import COMING, ENDED, OPEN, SEEN

CALLS_PER_HOUR_MAX = 12
"""Of which a record is made. Beyond, the flag and the sound are all there is: a child makes no storm at the desk."""
HOUR_MS = timedelta(hours=1) // timedelta(milliseconds=1)
ASK_EVERY_MS = timedelta(seconds=10) // timedelta(milliseconds=1)
"""How often a round is asked for while somebody waits for an answer."""
ANSWERS = {SEEN: "seen", COMING: "coming"}


class Calls(Known):
    """Calls for help from this terminal: one open at a time."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._call: str | None = None
        self._calls_at: list[int] = []
        self._asked_ms = 0

    def call_help(self) -> None:
        """Makes the record of a call and asks for a round; nothing where one is open, or too many were made.

        Raises DiskFull, StorageError: no desk hears of it.
        """
        now_ms = self._now_ms()
        self._calls_at = [at for at in self._calls_at if 0 <= now_ms - at < HOUR_MS]
        if self._call is not None or len(self._calls_at) >= CALLS_PER_HOUR_MAX:
            return
        self._calls_at.append(now_ms)
        store = self._terminal.store
        record_id = store.new_id()
        called_at = moments.format_utc(self.now())
        values: dict[str, Value] = {"state": OPEN, "terminal_no": self.terminal_no, "called_at": called_at}
        store.write(HelpCallFields.kind, record_id, values)
        self._call, self._asked_ms = record_id, now_ms
        self.sync_soon()

    def end_help_call(self) -> None:
        """The call is over, however it ended; nothing where none is open. Raises DiskFull, StorageError."""
        call, self._call = self._call, None
        if call is not None and isinstance(self._terminal.store.get(HelpCallFields.kind, call), HelpCallFields):
            self._terminal.store.write(HelpCallFields.kind, call, {"state": ENDED})
            self.sync_soon()

    def end_calls_of_before(self) -> None:
        """Ends the calls that this program's last end cut short. Raises DiskFull, StorageError."""
        for record_id, fields in self._terminal.store.list(HelpCallFields.kind):
            if isinstance(fields, HelpCallFields) and fields.terminal_no == self.terminal_no and fields.state != ENDED:
                self._terminal.store.write(HelpCallFields.kind, record_id, {"state": ENDED})

    def follow_call(self) -> CallView | None:
        """The open call, ``None`` without one; while nobody comes, a round is asked for from time to time."""
        if self._call is None:
            return None
        fields = self._terminal.store.get(HelpCallFields.kind, self._call)
        if not isinstance(fields, HelpCallFields):
            return CallView()
        now_ms = self._now_ms()
        if fields.state != COMING and now_ms - self._asked_ms >= ASK_EVERY_MS:
            self._asked_ms = now_ms
            self.sync_soon()
        return CallView(ANSWERS.get(fields.state, ""), reading.moment_of(fields.answered_at))

    def count_opinion(self, journey: str, answer: str) -> None:
        """Counts how a visit ended; no more of it is kept. Raises InvalidInput, DiskFull, StorageError."""
        day = moments.local(self.now(), self.site().zone).date()
        self._terminal.store.count_opinion(day, journey, answer)
