"""What the flag of a call for help says: that help is asked for here, and only what is true of an answer. No Flet."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk import times
from kiosk.visit import Visit

SEEN, COMING = "seen", "coming"


@dataclass(frozen=True)
class FlagView:
    """The flag, in words.

    Attributes:
        asks: for whoever looks up across the room.
        terminal: « Borne 3 », or empty while its number is unknown.
        answer: what a named person said, and when; else that nobody has answered yet.
        meanwhile: for the person who called.
    """

    asks: str
    terminal: str
    answer: str
    meanwhile: str


def flag_view(visit: Visit) -> FlagView:
    """The flag of the call of this visit."""
    frame = visit.frame
    minutes = max(1, int(visit.idle.patience_s // 60))
    key = {SEEN: "call.seen", COMING: "call.coming"}.get(frame.answer, "call.unanswered")
    return FlagView(
        asks=visit.say("call.asks"),
        terminal=visit.say("call.terminal", number=frame.terminal_no) if frame.terminal_no else "",
        answer=visit.say(key, hour=frame.answered(visit.language)),
        meanwhile=visit.say("call.meanwhile", duration=times.counted(minutes, "minute", visit.language)),
    )
