"""Which day, which hour: days in a line, the hours of one day in two groups that are two different things.

« Réservation immédiate » (green, seal): this terminal holds the place and may promise it. « Sur demande » (amber,
paper plane): somebody else answers. The hour touched is kept for this visit, and until when is said.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import flet as ft

from kiosk import times
from kiosk.models import booking as rules
from kiosk.models.booking_steps import BookingJourney, Moving
from kiosk.models.pages import Page, page_of
from kiosk.models.subject import subject_words
from kiosk.parts.controls import NoticeKind, heading, icon, notice, picture, pressable, quiet_button, style, text
from kiosk.parts.frame import Primary, screen
from kiosk.parts.hooks import use_kept
from kiosk.parts.node import node
from kiosk.parts.styles import Press
from kiosk.said import joined
from kiosk.screens.booking_slip import LOOK_AGAIN_S, use_look_again
from kiosk.screens.booking_way import Way, say_of
from kiosk.visit import Visit
from kiosk.wording import uncapped


@ft.component
def Hours(way: Way) -> ft.Control:
    """The days and the hours of one subject; the hour touched is held for the visit where it can be."""
    journey = way.journey
    touched = use_kept(_nothing_touched)

    def choose(slot_id: str) -> Any:
        touched["slot"] = slot_id
        return way.slow(partial(journey.choose_hour, slot_id))

    title = way.say("booking.hour.title" if journey.moving is None else "booking.move.title")
    asking = touched["slot"] if way.slowly.waiting else ""
    return HourChoice(way, Manners(title, None, choose, way.on, way.back, asking))


def _nothing_touched() -> dict[str, str]:
    return {"slot": ""}


@dataclass(frozen=True)
class Manners:
    """What differs where a further wish is looked for: title, the verb of the button, what a touch does.

    ``asking`` is the slot that the hub is being asked for, "" while none is.
    """

    title: str
    verb: str | None
    choose: Callable[[str], Any]
    on: Callable[[], Any]
    back: Callable[[], None]
    asking: str = ""


@ft.component
def HourChoice(way: Way, manners: Manners) -> ft.Control:
    """The days in a line, the hours of one of them, and what is true of the one that is chosen."""
    visit, journey = way.visit, way.journey
    _, set_turn = ft.use_state(0)
    first_page, set_page = ft.use_state(-1)
    offer = journey.offer()
    day = offer.day(journey.day(offer))
    size = _days_per_page(visit)
    opened = next((at for at, one in enumerate(offer.days) if day and one.date == day.date), 0) // size
    page = page_of(offer.days, opened if first_page < 0 else first_page, size)
    hour = journey.hour(offer)
    use_look_again(visit, lambda: journey.hold_is_over, lambda: set_turn(lambda turn: turn + 1), LOOK_AGAIN_S)

    subject = _subject(visit, journey, day)
    body: list[ft.Control] = [] if _wide(visit) else [subject]
    body += news(visit, journey)

    def choose_day(when: date) -> None:
        way.do(journey.choose_day, when)()

    days = [_days(visit, page, day.date if day else None, choose_day, set_page)]
    if offer.zones_differ:
        days.append(_zone_line(visit, journey))
    other = quiet_button(
        visit, way.say("booking.hour.other"), lambda: visit.open_sheet("desk"), icon_name="hand-waving", expand=True
    )
    groups = _groups(visit, journey, day, hour, manners)
    body += (
        _beside(visit, [subject, *days, ft.Row([other])], groups) if _wide(visit) else [*days, *groups, ft.Row([other])]
    )
    return screen(
        visit,
        title=manners.title,
        body=body,
        primary=way.waits(_primary(visit, hour, day, manners), "booking.wait.hour"),
        facts=() if way.slowly.waiting else _facts(visit, hour),
        back=manners.back,
    )


def news(visit: Visit, journey: BookingJourney) -> list[ft.Control]:
    """What changed since the person chose, in one sentence each."""
    news: list[ft.Control] = []
    if journey.hour_is_gone:
        news.append(notice(visit, "fault", say_of(visit, journey, "booking.hour.gone"), icon_name="minus-circle"))
    if journey.turned:
        news.append(notice(visit, "fault", say_of(visit, journey, "booking.hour.turned"), icon_name="clock"))
    if journey.hold_is_over:
        news.append(notice(visit, "old", say_of(visit, journey, "booking.hour.over"), icon_name="clock-countdown"))
    if journey.restored():
        news.append(notice(visit, "old", say_of(visit, journey, "booking.hour.restored"), icon_name="paper-plane-tilt"))
    elif not journey.clock_trusted():
        news.append(notice(visit, "old", say_of(visit, journey, "booking.hour.clock_asks")))
    return news


def _wide(visit: Visit) -> bool:
    """True where the hours stand beside the days, not under them."""
    return visit.look.two_columns


def _beside(visit: Visit, left: list[ft.Control], right: list[ft.Control]) -> list[ft.Control]:
    look = visit.look
    stretch = ft.CrossAxisAlignment.STRETCH
    return [
        ft.Row(
            [
                ft.Container(
                    ft.Column(side, spacing=look.px(24), tight=True, horizontal_alignment=stretch), expand=True
                )
                for side in (left, right)
            ],
            spacing=look.px(40),
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
    ]


def _days_per_page(visit: Visit) -> int:
    look = visit.look
    if look.large_text:
        return 3 if look.portrait or look.small else 4
    return rules.DAYS_PER_PAGE if look.portrait and not look.small else rules.DAYS_PER_PAGE - 1


def _primary(visit: Visit, hour: rules.Hour | None, day: rules.Day | None, manners: Manners) -> Primary:
    if hour is None or day is None:
        return Primary(visit.say("booking.hour.choose"), None)
    short = times.day_in_week(day.date, visit.language)
    words = times.with_paris(hour.words(visit.language), hour.paris(visit.language) if _wide(visit) else None)
    verb = manners.verb or ("booking.hour.book" if hour.guaranteed else "booking.hour.ask")
    return Primary(visit.say(verb, day=short, hour=words), manners.on)


def _facts(visit: Visit, hour: rules.Hour | None) -> tuple[str, ...]:
    if hour is None or _wide(visit):
        return ()
    kind = visit.say("booking.hour.book_more" if hour.guaranteed else "booking.hour.ask_more")
    paris = hour.paris(visit.language)
    return (joined(" · ", (paris, kind)),) if paris else ()


def _subject(visit: Visit, journey: BookingJourney, day: rules.Day | None) -> ft.Control:
    look = visit.look
    minutes = day.hours[0].minutes if day and day.hours else None
    words: list[ft.Control] = [
        text(visit, subject_words(str(journey.reason), journey.event(), visit.language), "strong")
    ]
    if minutes is not None:
        duration = times.counted(minutes, "minute", visit.language)
        kind = say_of(visit, journey, "booking.hour.kind", duration=duration)
        words.append(text(visit, kind, "small", look.palette.ink_soft))
    column = ft.Column(words, spacing=look.px(2), tight=True, expand=True)
    plain = look.contrast or look.large_text
    row = ft.Row(
        [column] if plain else [picture(visit, "rendez-vous" if journey.event() is None else "evenements", 76), column],
        spacing=look.px(22),
    )
    moving = journey.moving
    return (
        row
        if moving is None
        else ft.Column([row, _old_hour(visit, journey, moving)], spacing=look.apart(16), tight=True)
    )


def _old_hour(visit: Visit, journey: BookingJourney, moving: Moving) -> ft.Control:
    """The hour that is to change, and what it is worth meanwhile."""
    kept = say_of(visit, journey, f"booking.move.kept_{moving.keeps}")
    kind: NoticeKind = "info" if moving.keeps != "nothing" else "old"
    if moving.old is None:
        return notice(visit, kind, kept, icon_name="calendar-blank")
    moment = times.moment_in_words(moving.old.starts_at, journey.site().zone, visit.language)
    key = "booking.move.now" if moving.keeps != "nothing" else "booking.move.before"
    return notice(visit, kind, visit.say(key, moment=moment), kept, icon_name="calendar-blank")


def _days(
    visit: Visit, page: Page[rules.Day], chosen: date | None, choose: Callable[[date], None],
    turn_to: Callable[[int], None],
) -> ft.Control:  # fmt: skip
    look = visit.look
    # The month of the day chosen when it is on this page, else of the first day shown.
    shown = next((day for day in page.items if day.date == chosen), page.items[0] if page.items else None)
    month = times.month(shown.date, visit.language) if shown else ""
    head: list[ft.Control] = [ft.Container(heading(visit, month, 2, modest=True), expand=True)]
    if page.count > 1:
        head += [
            _arrow(
                visit, "caret-left", "booking.hour.earlier_days", page.has_previous, lambda: turn_to(page.number - 1)
            ),
            _arrow(visit, "caret-right", "booking.hour.later_days", page.has_next, lambda: turn_to(page.number + 1)),
        ]
    size = _days_per_page(visit)
    cells: list[ft.Control] = [
        ft.Container(_day(visit, day, day.date == chosen, choose), expand=True) for day in page.items
    ]
    cells += [ft.Container(expand=True) for _ in range(size - len(cells))]
    return ft.Column(
        [
            ft.Row(head, spacing=look.apart(16)),
            ft.Row(cells, spacing=look.apart(16)),
        ],
        spacing=look.apart(16),
        tight=True,
    )


def _arrow(visit: Visit, name: str, key: str, possible: bool, on_click: Callable[[], None]) -> ft.Control:
    look = visit.look
    palette = look.palette
    ink = palette.ink if possible else palette.disabled
    if possible:
        drawn = Press(
            palette.surface, ink, edge=palette.control, ledge=palette.control, ledge_px=4, radius=20, pad_x=8, pad_y=8
        )
    else:
        drawn = Press(palette.disabled_ground, ink, edge=palette.edge, radius=20, pad_x=8, pad_y=8)
    size = look.touch(72)
    face = icon(visit, name, look.px(36), ink, said=visit.say(key))
    return pressable(
        visit, face, on_click if possible else None, drawn, width=size, height=size, align=ft.Alignment.CENTER
    )


def _day(visit: Visit, day: rules.Day, chosen: bool, choose: Callable[[date], None]) -> ft.Control:
    look = visit.look
    palette = look.palette
    if day.full:
        ink, soft, ground = palette.disabled, palette.disabled, palette.disabled_ground
        drawn = Press(ground, ink, edge=palette.edge, radius=24, pad_x=4, pad_y=16)
    elif chosen:
        ink, soft, ground = palette.on_action, palette.on_action_soft, palette.action
        drawn = Press(ground, ink, ledge=palette.action_ledge, ledge_px=6, radius=24, pad_x=4, pad_y=16)
    else:
        ink, soft, ground = palette.ink, palette.ink, palette.surface
        drawn = Press(ground, ink, edge=palette.edge, ledge=palette.ledge, ledge_px=6, radius=24, pad_x=4, pad_y=16)
    state = visit.say(day.state_key, count=len(day.guaranteed))
    content = ft.Column(
        [
            text(visit, day.weekday(visit.language), "small", soft, center=True),
            text(visit, day.number, "h3", ink, center=True),
            text(visit, state, "source", soft, center=True),
        ],
        spacing=0,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )
    button = pressable(
        visit, content, None if day.full else lambda: choose(day.date), drawn, align=ft.Alignment.CENTER,
        key=day.date.isoformat(),
    )  # fmt: skip
    return node(button, selected=chosen)


def _zone_line(visit: Visit, journey: BookingJourney) -> ft.Control:
    look = visit.look
    region = journey.site().region
    here = visit.say("booking.hour.zone_region", region=region) if region else visit.say("booking.hour.zone")
    bold = style(visit, "small", strong=True)
    return ft.Row(
        [
            icon(visit, "clock", look.px(34), look.palette.icon),
            ft.Container(
                ft.Text(
                    spans=[
                        ft.TextSpan(f"{here} ", style=bold),
                        ft.TextSpan(visit.say("booking.hour.zone_more"), style=style(visit, "small")),
                    ],
                ),
                expand=True,
            ),
        ],
        spacing=look.px(14),
    )


def _groups(
    visit: Visit, journey: BookingJourney, day: rules.Day | None, chosen: rules.Hour | None, manners: Manners
) -> list[ft.Control]:
    """What is the person's at once, in green, then what must be asked for, in amber; only those that have an hour."""
    groups: list[ft.Control] = []
    if day is not None and day.guaranteed:
        rows = _hour_rows(visit, SURE, day.guaranteed, chosen, manners)
        held = held_line(visit, journey)
        groups.append(group(visit, SURE, [say_of(visit, journey, "booking.hour.sure_more")], [*rows, *held]))
    if day is None or day.full or day.requested:
        now = "booking.hour.group_online" if journey.online() else "booking.hour.group_offline"
        words = [say_of(visit, journey, "booking.hour.group_wish" if manners.verb is not None else now)]
        known = journey.known_since()
        if known is not None:
            moment = times.moment_near(known, journey.now(), journey.site().zone, visit.language)
            words.append(visit.say("booking.hour.known", moment=moment))
        rows = _hour_rows(visit, ASKED, day.requested, chosen, manners) if day is not None else []
        rows += _refused_line(visit, journey) if manners.verb is None else []
        none = [text(visit, say_of(visit, journey, "booking.hour.day_full"), "strong", visit.look.palette.wait)]
        groups.append(group(visit, ASKED, words, rows or none))
    return groups


@dataclass(frozen=True)
class Manner:
    """How a way of having an hour is drawn and named: never by its colour alone."""

    key: str
    icon: str
    fill: bool


SURE = Manner("booking.hour.sure", "seal-check", fill=True)
ASKED = Manner("booking.hour.group", "paper-plane-tilt", fill=False)


def _tones(visit: Visit, manner: Manner) -> tuple[str, str, str]:
    """The ink of a group, of its sentences, and its ground."""
    palette = visit.look.palette
    if manner.fill:
        return palette.sure, palette.ink_soft, palette.ground
    return palette.wait, palette.wait_body, palette.wait_soft


def group(visit: Visit, manner: Manner, sentences: list[str], rows: Sequence[ft.Control]) -> ft.Control:
    """One way of having an hour: its icon and name, what it means, and what is in it."""
    look = visit.look
    ink, soft, ground = _tones(visit, manner)
    words: list[ft.Control] = [
        ft.Semantics(header=True, heading_level=2, content=text(visit, visit.say(manner.key), "label", ink)),
        *(text(visit, sentence, "small", soft) for sentence in sentences),
    ]
    head = ft.Row(
        [
            icon(visit, manner.icon, look.px(40), ink, fill=manner.fill),
            ft.Column(words, spacing=look.px(4), tight=True, expand=True),
        ],
        spacing=look.px(18),
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    # The amber ground reaches beyond the hours; the green group stands on the paper itself, as in look/slots.png.
    on_paper = manner.fill and not look.contrast
    return ft.Container(
        bgcolor=ground,
        border=ft.Border.all(look.stroke(2), ink) if look.contrast else None,
        border_radius=look.px(28),
        padding=None if on_paper else ft.Padding.symmetric(horizontal=look.px(28), vertical=look.px(24)),
        content=ft.Column([head, *rows], spacing=look.px(18), tight=True),
    )


def _refused_line(visit: Visit, journey: BookingJourney) -> list[ft.Control]:
    """The hub could not give the hour chosen at once: it may still be asked for."""
    if not journey.refused:
        return []
    look = visit.look
    line: list[ft.Control] = [
        icon(visit, "info", look.px(36), look.palette.wait),
        ft.Container(
            text(visit, say_of(visit, journey, "booking.hour.refused"), "strong", look.palette.wait_body), expand=True
        ),
    ]
    return [ft.Semantics(live_region=True, content=ft.Row(line, spacing=look.apart(16)))]


def held_words(visit: Visit, journey: BookingJourney) -> str:
    """« Cette heure est gardée pour vous jusqu’à 10 h 07. », or an empty text when nothing is kept."""
    held = journey.held()
    if held is None or held.until is None:
        return ""
    hour = times.hour(held.until, journey.site().zone, visit.language)
    return say_of(visit, journey, "booking.hour.held", hour=hour)


def held_line(visit: Visit, journey: BookingJourney) -> list[ft.Control]:
    """Until when the hour is kept, with a clock; nothing where nothing is kept."""
    look = visit.look
    words = held_words(visit, journey)
    if not words:
        return []
    ink = look.palette.sure
    line: list[ft.Control] = [
        icon(visit, "clock", look.px(36), ink),
        ft.Container(text(visit, words, "strong", ink), expand=True),
    ]
    return [ft.Semantics(live_region=True, content=ft.Row(line, spacing=look.apart(16)))]


def _hour_rows(
    visit: Visit, manner: Manner, hours: Sequence[rules.Hour], chosen: rules.Hour | None, manners: Manners
) -> list[ft.Control]:
    look = visit.look
    across = 1 if look.large_text and look.portrait else 2
    rows: list[ft.Control] = []
    for at in range(0, len(hours), across):
        cells: list[ft.Control] = [
            ft.Container(
                _hour(visit, manner, hour, chosen is not None and hour.slot_id == chosen.slot_id, manners), expand=True
            )
            for hour in hours[at : at + across]
        ]
        cells += [ft.Container(expand=True) for _ in range(across - len(cells))]
        rows.append(ft.Row(cells, spacing=look.px(20)))
    return rows


def _hour(visit: Visit, manner: Manner, hour: rules.Hour, chosen: bool, manners: Manners) -> ft.Control:
    asking = hour.slot_id == manners.asking
    chosen = chosen or asking
    ink, soft, mark, drawn = _drawn(visit, manner, chosen)
    # Whoever hears the screen hears which of the two it is, without the heading of the group.
    at, paris = hour.words(visit.language), hour.paris(visit.language)
    spoken = joined(", ", (at, uncapped(visit.say(manner.key), visit.language)))
    words: list[ft.Control] = [text(visit, at, "h3", ink, spoken=spoken)]
    if paris:
        words.append(text(visit, paris, "small", soft))
    name = "hourglass-medium" if asking else "check" if chosen and manner is ASKED else manner.icon
    content: Any = ft.Row(
        [
            ft.Column(words, spacing=0, tight=True, expand=True),
            icon(visit, name, visit.look.px(38), mark, fill=manner.fill),
        ],
    )
    button = pressable(visit, content, lambda: manners.choose(hour.slot_id), drawn, key=hour.slot_id)
    return node(button, selected=chosen)


def _drawn(visit: Visit, manner: Manner, chosen: bool) -> tuple[str, str, str, Press]:
    """Ink of the hour, of the line under it, of the icon; and the button."""
    palette = visit.look.palette
    ink, soft, around = _tones(visit, manner)
    sizes: dict[str, Any] = {"ledge_px": 6, "radius": 20, "pad_x": 28, "pad_y": 14, "around": around}
    if chosen:
        press = Press(palette.action, palette.on_action, ledge=palette.action_ledge, **sizes)
        return palette.on_action, palette.on_action_soft, palette.on_action, press
    if manner.fill:
        press = Press(palette.surface, palette.ink, edge=palette.sure_ledge, ledge=palette.sure_ledge, **sizes)
        return palette.ink, soft, ink, press
    ground = palette.ground if visit.look.contrast else "#FFF9EC"
    return ink, soft, ink, Press(ground, ink, edge=ink, edge_px=4, ledge=ink, **sizes)
