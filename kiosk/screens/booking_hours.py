"""Which day, which hour: days in a line, the hours of one day in the amber group « Sur demande ».

In this version nothing is guaranteed before the hub has answered: there is one group, and it is amber.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import flet as ft

from kiosk.models import booking as rules
from kiosk.models import french_time
from kiosk.models.booking_steps import BookingJourney
from kiosk.models.pages import Page, page_of
from kiosk.parts.controls import heading, icon, notice, picture, pressable, quiet_button, style, text
from kiosk.parts.frame import Primary, screen
from kiosk.parts.styles import Press
from kiosk.visit import Visit


@ft.component
def Hours(visit: Visit, journey: BookingJourney, on: Callable[[], None], back: Callable[[], None]) -> ft.Control:
    """The days and the hours of one subject."""
    turn, set_turn = ft.use_state(0)
    first_page, set_page = ft.use_state(-1)
    offer = journey.offer()
    day = offer.day(journey.day(offer))
    size = _days_per_page(visit)
    opened = next((at for at, one in enumerate(offer.days) if day and one.date == day.date), 0) // size
    page = page_of(offer.days, opened if first_page < 0 else first_page, size)
    hour = journey.hour(offer)

    def choose_day(when: date) -> None:
        journey.choose_day(when)
        set_turn(turn + 1)

    def choose_hour(slot_id: str) -> None:
        journey.choose_hour(slot_id)
        set_turn(turn + 1)

    subject = _subject(visit, journey, day)
    body: list[ft.Control] = [] if _wide(visit) else [subject]
    if journey.hour_is_gone:
        body.append(notice(visit, "fault", visit.say("booking.hour.gone"), icon_name="minus-circle"))
    if not journey.clock_trusted():
        body.append(notice(visit, "old", visit.say("booking.hour.clock")))
    days = [_days(visit, page, day.date if day else None, choose_day, set_page)]
    if offer.zones_differ:
        days.append(_zone_line(visit, journey))
    other = quiet_button(
        visit, visit.say("booking.hour.other"), lambda: visit.open_sheet("desk"), icon_name="hand-waving", expand=True
    )
    group = _group(visit, journey, day, hour, choose_hour)
    body += (
        _beside(visit, [subject, *days, ft.Row([other])], group) if _wide(visit) else [*days, group, ft.Row([other])]
    )
    return screen(
        visit,
        title=visit.say("booking.hour.title"),
        body=body,
        primary=_primary(visit, hour, day, on),
        facts=_facts(visit, hour),
        back=back,
    )


def _wide(visit: Visit) -> bool:
    """True where the hours stand beside the days, not under them."""
    return not visit.look.portrait and not visit.look.large_text


def _beside(visit: Visit, left: list[ft.Control], right: ft.Control) -> list[ft.Control]:
    look = visit.look
    column = ft.Column(left, spacing=look.px(24), tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return [
        ft.Row(
            [ft.Container(column, expand=True), ft.Container(right, expand=True)],
            spacing=look.px(40),
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
    ]


def _days_per_page(visit: Visit) -> int:
    look = visit.look
    if look.large_text:
        return 3 if look.portrait else 4
    return rules.DAYS_PER_PAGE - 1 if look.small else rules.DAYS_PER_PAGE


def _primary(visit: Visit, hour: rules.Hour | None, day: rules.Day | None, on: Callable[[], None]) -> Primary:
    if hour is None or day is None:
        return Primary(visit.say("booking.hour.choose"), None)
    short = f"{french_time.WEEKDAYS[day.date.weekday()]}{french_time.NBSP}{day.date.day}"
    words = f"{hour.words} ({hour.paris})" if hour.paris and _wide(visit) else hour.words
    return Primary(visit.say("booking.hour.ask", day=short, hour=words), on)


def _facts(visit: Visit, hour: rules.Hour | None) -> tuple[str, ...]:
    if hour is None or _wide(visit):
        return ()
    return (visit.say("booking.hour.ask_more_paris", paris=hour.paris),) if hour.paris else ()


def _subject(visit: Visit, journey: BookingJourney, day: rules.Day | None) -> ft.Control:
    look = visit.look
    minutes = day.hours[0].minutes if day and day.hours else None
    words: list[ft.Control] = [text(visit, visit.say(f"booking.reason.{journey.reason}"), "strong")]
    if minutes is not None:
        words.append(text(visit, visit.say("booking.hour.kind", minutes=minutes), "small", look.palette.ink_soft))
    column = ft.Column(words, spacing=look.px(2), tight=True, expand=True)
    if look.contrast or look.large_text:
        return ft.Row([column])
    return ft.Row([picture(visit, "rendez-vous", 76), column], spacing=look.px(22))


def _days(
    visit: Visit, page: Page[rules.Day], chosen: date | None, choose: Callable[[date], None],
    turn_to: Callable[[int], None],
) -> ft.Control:  # fmt: skip
    look = visit.look
    # The month of the day chosen when it is on this page, else of the first day shown.
    shown = next((day for day in page.items if day.date == chosen), page.items[0] if page.items else None)
    month = f"{french_time.MONTHS[shown.date.month - 1].capitalize()} {shown.date.year}" if shown else ""
    head: list[ft.Control] = [ft.Container(heading(visit, month, 3), expand=True)]
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
            ft.Row(head, spacing=look.px(16)),
            ft.Row(cells, spacing=look.px(16)),
        ],
        spacing=look.px(16),
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
    # Inside the button, so that the words become the button's own name.
    face = ft.Semantics(label=visit.say(key), content=icon(visit, name, look.px(36), ink))
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
    hours = len(day.hours)
    state = visit.say(day.state_key, count=hours) if day.state_key == "booking.day.asked" else visit.say(day.state_key)
    content = ft.Column(
        [
            text(visit, day.weekday, "small", soft, center=True),
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
    return ft.Semantics(content=button, selected=chosen)


def _zone_line(visit: Visit, journey: BookingJourney) -> ft.Control:
    look = visit.look
    region = journey.site().region
    here = visit.say("booking.hour.zone_region", region=region) if region else visit.say("booking.hour.zone")
    bold = style(visit, "small")
    bold.weight = ft.FontWeight.W_600
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


def _group(
    visit: Visit, journey: BookingJourney, day: rules.Day | None, chosen: rules.Hour | None,
    choose: Callable[[str], None],
) -> ft.Control:  # fmt: skip
    look = visit.look
    palette = look.palette
    online = journey.online()
    words: list[ft.Control] = [
        ft.Semantics(
            header=True, heading_level=2, content=text(visit, visit.say("booking.hour.group"), "label", palette.wait)
        ),
        text(
            visit,
            visit.say("booking.hour.group_online" if online else "booking.hour.group_offline"),
            "small",
            palette.wait_body,
        ),
    ]
    known = journey.known_since()
    if known is not None:
        moment = french_time.moment_near(known, journey.now(), journey.site().zone)
        words.append(text(visit, visit.say("booking.hour.known", moment=moment), "small", palette.wait_body))
    head = ft.Row(
        [
            icon(visit, "paper-plane-tilt", look.px(40), palette.wait),
            ft.Column(words, spacing=look.px(4), tight=True, expand=True),
        ],
        spacing=look.px(18),
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    rows: list[ft.Control] = [head]
    if day is None or day.full:
        rows.append(text(visit, visit.say("booking.hour.day_full"), "strong", palette.wait))
    else:
        rows += _hour_rows(visit, day, chosen, choose)
    return ft.Container(
        bgcolor=palette.wait_soft,
        border=ft.Border.all(look.stroke(2), palette.wait) if look.contrast else None,
        border_radius=look.px(28),
        padding=ft.Padding.symmetric(horizontal=look.px(28), vertical=look.px(24)),
        content=ft.Column(rows, spacing=look.px(18), tight=True),
    )


def _hour_rows(
    visit: Visit, day: rules.Day, chosen: rules.Hour | None, choose: Callable[[str], None]
) -> list[ft.Control]:
    look = visit.look
    across = 1 if look.large_text and look.portrait else 2
    rows: list[ft.Control] = []
    for at in range(0, len(day.hours), across):
        cells: list[ft.Control] = [
            ft.Container(_hour(visit, hour, chosen is not None and hour.slot_id == chosen.slot_id, choose), expand=True)
            for hour in day.hours[at : at + across]
        ]
        cells += [ft.Container(expand=True) for _ in range(across - len(cells))]
        rows.append(ft.Row(cells, spacing=look.px(20)))
    return rows


def _hour(visit: Visit, hour: rules.Hour, chosen: bool, choose: Callable[[str], None]) -> ft.Control:
    look = visit.look
    palette = look.palette
    around = palette.wait_soft
    if chosen:
        ink, soft = palette.on_action, palette.on_action_soft
        drawn = Press(
            palette.action, ink, ledge=palette.action_ledge, ledge_px=6, radius=20, pad_x=28, pad_y=14, around=around
        )
    else:
        ink, soft = palette.wait, palette.wait_body
        drawn = Press(
            palette.ground if look.contrast else "#FFF9EC", ink, edge=palette.wait, edge_px=4, ledge=palette.wait,
            ledge_px=6, radius=20, pad_x=28, pad_y=14, around=around,
        )  # fmt: skip
    words: list[ft.Control] = [text(visit, hour.words, "h3", ink)]
    if hour.paris:
        words.append(text(visit, hour.paris, "small", soft))
    content: Any = ft.Row(
        [
            ft.Column(words, spacing=0, tight=True, expand=True),
            icon(visit, "check" if chosen else "paper-plane-tilt", look.px(38), ink),
        ],
    )
    button = pressable(visit, content, lambda: choose(hour.slot_id), drawn, key=hour.slot_id)
    return ft.Semantics(content=button, selected=chosen)
