"""In the booth: the countdown, « Entrer », what comes after the call, and what helps where the call cannot be had.

No name and no subject: the wall of the booth is read by whoever stands there. Never a dead end, and never the link.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import flet as ft

from kiosk import times
from kiosk.models.booth import ENTERABLE, HERE, WORTH_ANOTHER_TRY, BoothVisit, Door
from kiosk.parts.controls import icon, notice, panel, quiet_button, second_button, text
from kiosk.parts.frame import Primary, screen
from kiosk.parts.hooks import Slowly, use_kept, use_slowly, use_topics, use_value
from kiosk.said import joined
from kiosk.screens.booking_slip import use_look_again
from kiosk.visit import CODE, Visit, Wish
from kiosk.window.opening import FAILED, LIMIT, LOST

if TYPE_CHECKING:
    from kiosk.actions import Actions

LOOK_AGAIN_S = 1.0
ADVICE = (("door", "private"), ("ear", "ears"), ("hand-tap", "stays"))
ABSENT = "absent"


@dataclass(frozen=True)
class Shown:
    """What the parts of this screen need. ``trouble``: the word of what is in the way of the call, "" for nothing."""

    visit: Visit
    booth: BoothVisit
    door: Door
    slowly: Slowly
    trouble: str
    enter: Callable[[], Any]

    def say(self, key: str) -> str:
        """A sentence of the booth, with the hours it needs."""
        door = self.door
        values = {name: getattr(door, name) for name in ("day", "hour", "ends", "paris", "comes", "enters")}
        return self.visit.say(f"booth.{key}", **values)


@ft.component
def Booth(visit: Visit, actions: Actions) -> ft.Control:
    """The place « Salon »."""
    use_topics(visit, "window")
    _, set_turn = ft.use_state(0)
    booth = use_kept(lambda: BoothVisit(actions, visit.drafts))
    trouble, set_trouble = use_value(lambda: "")
    slowly = use_slowly(visit)
    use_look_again(visit, lambda: booth.door(visit.language), lambda: set_turn(lambda turn: turn + 1), LOOK_AGAIN_S)

    def then(found: Wish | str) -> None:
        set_trouble(found if isinstance(found, str) else "")
        if isinstance(found, Wish):
            visit.open_window(found)

    def enter() -> Any:
        visit.window_end = ""
        return slowly.do(partial(booth.enter, visit.wish), then, lambda: None)

    door = booth.door(visit.language)
    shown = Shown(visit, booth, door, slowly, _trouble(visit, door, trouble), enter)
    if visit.window_end == LIMIT and not visit.wish.check:
        return _closed(shown, "limit")
    if shown.trouble:
        return _in_the_way(shown)
    if booth.entered() and (door.may_return or door.state == "over"):
        return _after(shown)
    return _before(shown) if door.state in HERE else _elsewhere(shown)


def _trouble(visit: Visit, door: Door, found: str) -> str:
    """What keeps the person from the call: the terminal itself, the window, or what the hub answered."""
    if visit.windows is None and door.state in HERE:
        return ABSENT
    if visit.window_end == FAILED and not visit.wish.check:
        return FAILED
    return found


# Before -----------------------------------------------------------------------------------------------


def _before(shown: Shown) -> ft.Control:
    """The countdown, what to do meanwhile, and « Entrer »."""
    visit, door = shown.visit, shown.door
    told: list[ft.Control] = []
    if visit.wish.check and visit.window_end in (LOST, FAILED):
        told.append(notice(visit, "old", shown.say("trouble.check"), shown.say("trouble.check_more")))
    if door.online is False:
        told.append(notice(visit, "old", shown.say("offline"), icon_name="wifi-slash"))
        told.append(_whom_to_call(shown))
    check = quiet_button(visit, shown.say("check"), partial(_check, shown), icon_name="video-camera")
    # What must be seen without turning a page comes first where there is little room.
    rest = [check, _advice(shown)] if visit.look.small else [_advice(shown), check]
    body = _beside(visit, _countdown(shown), [*told, *rest])
    return screen(visit, title="", body=body, primary=_enter(shown), back=lambda: visit.go(CODE))


def _enter(shown: Shown) -> Primary:
    visit = shown.visit
    if shown.slowly.waiting:
        return Primary(visit.say("booking.wait"), None)
    if shown.door.state in ENTERABLE:
        return Primary(shown.say("enter"), shown.enter, icon_name="video-camera")
    return Primary(shown.say("enters"), None)


def _check(shown: Shown) -> None:
    look = shown.visit.look
    shown.visit.open_window(shown.booth.check(look.text_percent, look.contrast))


def _countdown(shown: Shown) -> ft.Control:
    """« Votre rendez-vous commence dans 12 minutes », as large as the room allows."""
    visit, door = shown.visit, shown.door
    palette = visit.look.palette
    unit = times.unit_words(door.minutes, "minute", visit.language)
    counted = [("display", str(door.minutes)), ("h1", unit)]
    at = shown.say("at_both" if door.paris else "at")
    if door.state == "now":
        lines = [("h1", shown.say("now")), ("h3", shown.say("now_more")), ("h3", at)]
    elif door.state == "late":
        lines = [("h3", shown.say("late")), *counted, ("h3", shown.say("late_more"))]
    else:
        lines = [("h3", shown.say("waiting")), *counted, ("h3", at)]
    words: list[ft.Control] = [text(visit, said, role, palette.on_deep, center=True) for role, said in lines]
    spoken = joined(" ", (said for _, said in lines))
    # Said as one sentence, and once: a screen reader would else hear every minute go by.
    title = ft.Semantics(
        header=True, heading_level=1, label=spoken, exclude_semantics=True, content=_stacked(visit, words)
    )
    return _deep(visit, title)


def _stacked(visit: Visit, words: list[ft.Control]) -> ft.Control:
    return ft.Column(
        words, spacing=visit.look.apart(16), tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
    )  # fmt: skip


def _deep(visit: Visit, content: ft.Control) -> ft.Control:
    """A dark sheet: read from the door of the booth."""
    look, palette = visit.look, visit.look.palette
    return ft.Container(
        content,
        bgcolor=palette.deep,
        border=ft.Border.all(look.stroke(2), palette.ink) if look.contrast else None,
        border_radius=look.px(28),
        padding=ft.Padding.symmetric(horizontal=look.px(40), vertical=look.px(64 if look.portrait else 36)),
    )


def _advice(shown: Shown) -> ft.Control:
    visit = shown.visit
    look = visit.look
    advice = ADVICE[:1] if shown.door.online is False else ADVICE[:2] if look.small else ADVICE
    rows: list[ft.Control] = [
        ft.Row(
            [
                icon(visit, name, look.px(52), look.palette.icon),
                ft.Container(text(visit, shown.say(key), "strong" if key == "private" else "body"), expand=True),
            ],
            spacing=look.px(24),
        )
        for name, key in advice
    ]
    return panel(visit, rows, gap=20)


def _beside(visit: Visit, first: ft.Control, then: list[ft.Control]) -> list[ft.Control]:
    """One after the other, or side by side where the screen is wide."""
    look = visit.look
    if look.portrait or look.large_text:
        return [first, *then]
    column = ft.Column(
        then, spacing=look.px(18), tight=True, expand=6, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
    )  # fmt: skip
    return [
        ft.Row(
            [ft.Container(first, expand=5), column],
            spacing=look.px(36),
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
    ]


# Not here, not now ------------------------------------------------------------------------------------


def _elsewhere(shown: Shown) -> ft.Control:
    """Too early, over, changed, ended: what is true, and the way to the appointment as it stands."""
    visit, state = shown.visit, shown.door.state
    body: list[ft.Control] = [text(visit, shown.say(f"{state}.text"), "lesson" if visit.look.portrait else "body")]
    if state == "far" and shown.door.paris:
        body.append(notice(visit, "info", shown.say("at_both"), icon_name="globe"))
    if state in ("over", "ended", "absent"):
        body.append(_whom_to_call(shown))
    if state in ("over", "asked", "elsewhere", "absent"):
        body.append(_desk(shown))
    look_at = Primary(shown.say("look"), lambda: visit.go(CODE), icon_name="calendar-blank")
    return screen(visit, title=shown.say(f"{state}.title"), body=body, primary=look_at)


# After ------------------------------------------------------------------------------------------------


def _after(shown: Shown) -> ft.Control:
    """The call was left, by the person or by itself: back into it, or the end."""
    visit, door = shown.visit, shown.door
    if not door.may_return:
        return _closed(shown, "limit")
    lost = visit.window_end == LOST and not visit.wish.check
    longer = "left.text_longer" if door.state == "over" else "left.text"
    title, said = ("lost.title", "lost.text") if lost else ("left.title", longer)
    body: list[ft.Control] = [text(visit, shown.say(said), "lesson" if visit.look.portrait else "body")]
    if lost:
        body.append(_whom_to_call(shown))
    back = Primary(shown.say("return"), shown.enter, icon_name="video-camera")
    if shown.slowly.waiting:
        back = Primary(visit.say("booking.wait"), None)
    return screen(visit, title=shown.say(title), body=body, primary=back, beside=_done(shown))


def _closed(shown: Shown, key: str) -> ft.Control:
    """The booth is the next person's."""
    visit = shown.visit
    words = text(visit, shown.say(f"{key}.text"), "lesson" if visit.look.portrait else "body")
    done = Primary(shown.say("done"), lambda: visit.open_sheet("finish"), icon_name="check")
    return screen(visit, title=shown.say(f"{key}.title"), body=[words], primary=done)


def _done(shown: Shown) -> ft.Control:
    return second_button(
        shown.visit, shown.say("done"), lambda: shown.visit.open_sheet("finish"), icon_name="check", expand=True
    )


# In the way -------------------------------------------------------------------------------------------


def _in_the_way(shown: Shown) -> ft.Control:
    """Why there is no call now, and whom to call instead: there is always somebody."""
    visit, word = shown.visit, shown.trouble
    kind: Any = "off" if word == "offline" else "old"
    why = notice(visit, kind, shown.say(f"trouble.{word}_more"), icon_name=None if kind == "off" else "warning-circle")
    body: list[ft.Control] = [why, _whom_to_call(shown), _desk(shown)]
    primary = Primary(shown.say("look"), lambda: visit.go(CODE), icon_name="calendar-blank")
    if word in WORTH_ANOTHER_TRY:
        primary = Primary(shown.say("retry"), shown.enter, icon_name="arrows-clockwise")
        if shown.slowly.waiting:
            primary = Primary(visit.say("booking.wait"), None)
    back = (lambda: visit.go(CODE)) if word in WORTH_ANOTHER_TRY else None
    return screen(visit, title=shown.say(f"trouble.{word}"), body=body, primary=primary, back=back)


def _whom_to_call(shown: Shown) -> ft.Control:
    """The number, large; what to say; who else may call."""
    visit, door = shown.visit, shown.door
    look = visit.look
    number = text(visit, door.phone.replace(" ", "\u00a0"), "h1", look.palette.second)
    head = ft.Row(
        [
            icon(visit, "phone", look.px(60), look.palette.icon),
            text(visit, shown.say("call"), "h3"),
            ft.Container(number, expand=True, expand_loose=True),
        ],
        spacing=look.px(20),
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )
    words: list[ft.Control] = [head]
    if door.hour:
        words.append(text(visit, shown.say("call_say")))
    words.append(text(visit, shown.say("call_back"), "body", look.palette.ink_soft))
    return panel(visit, words, gap=14)


def _desk(shown: Shown) -> ft.Control:
    return quiet_button(
        shown.visit, shown.say("desk"), lambda: shown.visit.open_sheet("desk"), icon_name="hand-waving", expand=None
    )
