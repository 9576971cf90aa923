"""What a visitor takes home from a slip: a paper, an entry in the telephone's calendar, the code by ear.

Only what works here is drawn: without a printer the screen says what to do instead, without a voice nothing offers to
read. One QR at a time: the entry has a screen of its own, so that nobody takes it for the QR of the slip.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import flet as ft

from kiosk.models.aloud import lines
from kiosk.parts.controls import NoticeKind, icon, notice, paragraph, quiet_button, text
from kiosk.parts.frame import Primary, screen
from kiosk.parts.hooks import use_slowly, use_topics, use_value
from kiosk.parts.speaker import PERSONAL, speaker
from kiosk.printing.sheet import Sheet
from kiosk.visit import Visit

PRINTED: dict[str, tuple[NoticeKind, str]] = {
    "printed": ("sure", "printer"), "slow": ("wait", "hourglass-medium"), "limit": ("info", "info"),
}  # fmt: skip
LISTEN = ("take.listen", "take.listen_recap")
FACE_LETTERS = 8
"""Icon and margins of a button, in letters of its words."""
SILENT = ("", "busy", "over")


@dataclass(frozen=True)
class Taking:
    """What may be taken from one screen.

    Attributes:
        paper: makes the paper, at the moment of the touch; ``None``: nothing here can be printed.
        spoken: makes the text that is read aloud; ``None``: nothing here is.
        heard: ``code`` or ``recap``: what others would hear.
        phone: opens the screen of the calendar entry; ``None`` where there is none.
        over: the entry takes the appointment out of the telephone.
        code: a code stands on this screen.
    """

    paper: Callable[[], Sheet] | None = None
    spoken: Callable[[], str] | None = None
    heard: Literal["code", "recap"] = "code"
    phone: Callable[[], None] | None = None
    over: bool = False
    code: bool = True


@ft.component
def TakeAway(visit: Visit, taking: Taking) -> ft.Control:
    """The buttons, and under them what became of the last touch."""
    use_topics(visit, "speech")
    slowly = use_slowly(visit)
    printed, show_printed = use_value(lambda: "")
    step, listen = use_value(lambda: "")
    listening = _listening(visit, step)

    def do_print() -> Any:
        papers, paper = visit.papers, taking.paper
        if papers is None or paper is None:
            return None
        listen("")
        show_printed("")
        made = paper()
        return slowly.do(lambda: papers.print_sheet(lambda: made), show_printed, lambda: None)

    def do_listen() -> None:
        if visit.hearing.reading == PERSONAL:
            speaker(visit).stop()
        elif step == "headphones" and taking.spoken is not None:
            listen("read")
            speaker(visit).read(PERSONAL, lines(taking.spoken(), visit.language, slow=True))
        else:
            show_printed("")
            listen("headphones")

    buttons: list[tuple[str, str, Callable[[], Any] | None]] = []
    if taking.paper is not None and visit.papers is not None:
        key = "take.print_again" if printed == "printed" else "take.print"
        buttons.append(("take.printing", "hourglass-medium", None) if slowly.waiting else (key, "printer", do_print))
    if taking.phone is not None:
        key = "take.phone_over" if taking.over else "take.phone"
        buttons.append((key, "device-mobile", taking.phone))
    if taking.spoken is not None and visit.speaks:
        buttons.append(_listen_face(taking, listening, do_listen))
    said = _said(visit, taking, "printing" if slowly.waiting else printed, listening)
    rows: list[ft.Control] = [_row(visit, buttons)] if buttons else []
    return ft.Column([*rows, *said], spacing=visit.look.apart(16), tight=True)


def _listening(visit: Visit, step: str) -> str:
    """What the screen says of reading aloud: "headphones", "reading", "failed", or "" for nothing."""
    if visit.hearing.reading == PERSONAL:
        return "reading"
    if step == "read":
        return "failed" if speaker(visit).failed == PERSONAL else ""
    return step


def _listen_face(
    taking: Taking, listening: str, do_listen: Callable[[], Any]
) -> tuple[str, str, Callable[[], Any] | None]:
    key, name = {
        "headphones": ("take.listen.now", "play"),
        "reading": ("take.listen.stop", "stop-circle"),
    }.get(listening, ("take.listen" if taking.heard == "code" else "take.listen_recap", "speaker-high"))
    return key, name, do_listen


def _row(visit: Visit, buttons: list[tuple[str, str, Callable[[], Any] | None]]) -> ft.Control:
    """Side by side, each as wide as its words ask, or one under the other where the text is large."""
    look = visit.look
    labels = [visit.say(key) for key, _, _ in buttons]
    if len(buttons) > 2:
        short = visit.say("take.listen_short")
        labels = [short if key in LISTEN else label for label, (key, _, _) in zip(labels, buttons, strict=True)]
    faces: list[ft.Control] = []
    for label, (key, name, act) in zip(labels, buttons, strict=True):
        share = None if look.large_text else len(label) + FACE_LETTERS
        faces.append(quiet_button(visit, label, act, icon_name=name, expand=share, spoken=visit.say(key)))
    if look.large_text:
        return ft.Column(faces, spacing=look.apart(14), tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return ft.Row(faces, spacing=look.apart(16))


def _said(visit: Visit, taking: Taking, printed: str, listening: str) -> list[ft.Control]:
    """What became of the last touch, in words; where nothing can be printed, what to do instead."""
    if listening == "headphones":
        title, more = visit.say("take.listen.headphones"), visit.say(f"take.listen.headphones_{taking.heard}")
        return [_notice(visit, "info", title, more, "ear")]
    if listening in ("reading", "failed"):
        kind: NoticeKind = "info" if listening == "reading" else "fault"
        return [notice(visit, kind, visit.say(f"take.listen.{listening}"), icon_name="speaker-high")]
    if printed not in SILENT:
        kind, name = PRINTED.get(printed, ("wait", "printer") if printed == "printing" else ("fault", "printer"))
        return [_notice(visit, kind, visit.say(f"take.{printed}"), visit.say(_more(printed, taking)), name)]
    if taking.paper is not None and visit.papers is None and taking.code:
        sign = icon(visit, "note-pencil", visit.look.px(36), visit.look.palette.ink_soft)
        words = paragraph(visit, visit.say("take.no_printer"), soft=True, role="small")
        return [ft.Row([sign, ft.Container(words, expand=True)], spacing=visit.look.px(16))]
    return []


def _notice(visit: Visit, kind: NoticeKind, title: str, more: str, name: str) -> ft.Control:
    """In two lines, or in one where the screen is low."""
    if visit.look.portrait or visit.look.large_text:
        return notice(visit, kind, title, more, icon_name=name)
    return notice(visit, kind, f"{title} {more}", icon_name=name)


def _more(printed: str, taking: Taking) -> str:
    """The key of the second sentence: after a failure, how to leave with the code all the same."""
    if printed in ("printing", "printed", "limit"):
        return f"take.{printed}_more"
    if printed == "slow":
        return "take.slow_more" if taking.code else "take.slow_nocode"
    return "take.not_out_more" if taking.code else "take.not_out_nocode"


def phone_screen(visit: Visit, qr_png: bytes, back: Callable[[], None], *, over: bool) -> ft.Control:
    """The calendar entry as a QR that a telephone reads without network, with what to do, step by step."""
    look, then = visit.look, "_over" if over else ""
    side = look.px(640 if look.portrait else 500)
    # A QR is read by a camera: it stays dark on white in high contrast too.
    qr = ft.Container(
        ft.Image(
            src=qr_png, width=side, height=side, fit=ft.BoxFit.CONTAIN, semantics_label=visit.say("take.phone.qr"),
            filter_quality=ft.FilterQuality.NONE, gapless_playback=True,
        ),
        bgcolor="#FFFFFF", border_radius=look.px(24), padding=look.px(24),
    )  # fmt: skip
    steps = [visit.say("take.phone.step1"), visit.say("take.phone.step2"), visit.say(f"take.phone.step3{then}")]
    words: list[ft.Control] = []
    for name, step in zip(("camera", "qr-code", "calendar-check"), steps, strict=True):
        sign, said = icon(visit, name, look.px(72), look.palette.icon), text(visit, step, "label")
        words.append(ft.Row([sign, ft.Container(said, expand=True)], spacing=look.px(28)))
    words.append(paragraph(visit, visit.say("take.phone.only"), soft=True))
    column = ft.Column(words, spacing=look.px(28), tight=True)
    if look.portrait or look.large_text:
        body: list[ft.Control] = [ft.Row([qr], alignment=ft.MainAxisAlignment.CENTER), column]
    else:
        column.expand = True
        body = [ft.Row([qr, column], spacing=look.px(56), vertical_alignment=ft.CrossAxisAlignment.START)]
    return screen(
        visit,
        title=visit.say(f"take.phone.title{then}"),
        lead=visit.say(f"take.phone.lead{then}"),
        body=body,
        primary=Primary(visit.say("take.phone.back"), back, icon_name="check"),
        back=back,
    )
