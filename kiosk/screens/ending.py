"""The end of a visit: the warning that counts down, the goodbye, and the incident that is ours."""

import flet as ft

from kiosk import times
from kiosk.parts.controls import gap, icon, pad_to, picture, point, pressable, text
from kiosk.parts.frame import Pages, framed, side_margin
from kiosk.parts.listening import use_read_once
from kiosk.parts.sound import use_question_once
from kiosk.parts.speaker import GOODBYE, WARNING
from kiosk.parts.styles import Press, sides
from kiosk.parts.told import unread
from kiosk.visit import Visit
from kiosk.wording import FRENCH


@ft.component
def Warning_(visit: Visit) -> ft.Control:
    """« Êtes-vous toujours là ? » with the seconds in figures and as a ring; « Oui » is the largest."""
    use_question_once()
    use_read_once(visit, WARNING)
    look = visit.look
    palette = look.palette
    left = visit.idle.seconds_left() or 0
    body = ft.Column(
        [unread(_ring(visit, left)), _question(visit)],  # its seconds would be old when they are heard
        spacing=look.px(64 if look.portrait else 28),
        alignment=ft.MainAxisAlignment.CENTER,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        expand=True,
    )
    margin = side_margin(visit)
    column = ft.Column(
        [ft.Container(body, expand=True, alignment=ft.Alignment.CENTER), _answers(visit)],
        expand=True,
        spacing=look.px(24),
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    padded = ft.Container(
        column, expand=True, padding=ft.Padding.only(left=margin, right=margin, top=look.px(24), bottom=look.px(40))
    )
    return framed(visit, padded, ground=palette.deep)


def _ring(visit: Visit, left: int) -> ft.Control:
    look = visit.look
    palette = look.palette
    tall = look.portrait and not look.lowered
    size = look.px(410 if tall else 260)
    words = ft.Column(
        [
            text(visit, str(left), "display" if tall else "code", palette.on_deep),
            text(
                visit,
                times.unit_words(left, "second", visit.language),
                "label" if tall or not look.large_text else "small",  # « secondes » stays inside of the ring
                palette.on_deep_soft,
                center=True,
            ),
        ],
        tight=True,
        spacing=0,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )
    ring = ft.ProgressRing(
        value=left / visit.idle.warning_s,
        width=size,
        height=size,
        stroke_width=look.px(30),
        color=palette.on_deep,
        bgcolor=palette.deep_shape,
        stroke_cap=ft.StrokeCap.ROUND,
    )
    return ft.Stack(
        [ring, ft.Container(words, width=size, height=size, alignment=ft.Alignment.CENTER)], width=size, height=size
    )


def _question(visit: Visit) -> ft.Control:
    palette = visit.look.palette
    question = text(visit, visit.say("ending.question"), "h1", palette.on_deep, center=True)
    return ft.Column(
        [
            ft.Semantics(header=True, heading_level=1, live_region=True, content=question),
            text(visit, visit.say("ending.erase_notice"), "lesson", palette.on_deep_soft, center=True),
        ],
        spacing=visit.look.px(28),
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )


def _answers(visit: Visit) -> ft.Control:
    look = visit.look
    palette = look.palette
    ground, ink = ("#FFD84D", "#000000") if look.contrast else ("#FFFFFF", palette.action)
    yes = Press(ground, ink, ledge="#8FBDC0", ledge_px=8, radius=28, pad_x=28, pad_y=24, around=palette.deep)
    yes_words = ft.Row(
        [
            ft.Container(
                text(visit, visit.say("ending.yes"), "h2", ink), expand=True, padding=sides(look, start=16, end=0)
            ),
            point(visit, "check", 104 if not look.small else 72),
        ]
    )
    other = Press(
        palette.deep, palette.on_deep, edge=palette.on_deep, edge_px=3, ledge=palette.on_deep, ledge_px=5,
        around=palette.deep, pad_y=26,
    )  # fmt: skip

    def second(key: str, name: str, on_click: object) -> ft.Control:
        words = ft.Row(
            [icon(visit, name, look.px(36), palette.on_deep), text(visit, visit.say(key), "label", palette.on_deep)],
            spacing=look.px(18),
            tight=True,
        )
        return pressable(visit, words, on_click, other, expand=True, align=ft.Alignment.CENTER)  # type: ignore[arg-type]

    return ft.Column(
        [
            # Flet hands its event to any handler that takes an argument, named or not: hence a handler without one.
            pressable(visit, yes_words, lambda: visit.answer_warning(), yes, autofocus=True),  # noqa: PLW0108
            ft.Row(
                [
                    second("ending.more_time", "hourglass-medium", lambda: visit.answer_warning(more_time=True)),
                    second("ending.erase", "trash", lambda: visit.end(by_silence=True)),
                ],
                spacing=look.px(24),
            ),
        ],
        spacing=look.px(24),
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


FACES = (("good", "avis-bien"), ("fair", "avis-moyen"), ("poor", "avis-mal"))


@ft.component
def Goodbye(visit: Visit) -> ft.Control:
    """« Au revoir. » Everything is erased; who ended the visit may say with one tap how it was."""
    use_read_once(visit, GOODBYE)
    palette = visit.look.palette
    asks = visit.asks_until is not None
    words: list[ft.Control] = [
        ft.Semantics(
            header=True,
            heading_level=1,
            content=text(visit, visit.say("ending.goodbye"), "h1", palette.on_deep, center=True),
        ),
        text(visit, visit.say("ending.goodbye_detail"), "lesson", palette.on_deep_soft, center=True),
    ]
    if asks:
        words.append(_opinion(visit))
    said = ft.Column(
        words, tight=True, spacing=visit.look.px(12 if _close(visit) else 24),
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )  # fmt: skip
    centred = ft.Container(said, expand=True, alignment=ft.Alignment.CENTER)
    return ft.Container(
        expand=True,
        padding=side_margin(visit) if not _close(visit) else visit.look.px(28),
        content=ft.Column(
            [Pages(visit, said) if _close(visit) else centred, _urgent(visit)],
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
    )


def _close(visit: Visit) -> bool:
    """True where the words of the end may not all have room: a low or lowered screen, large, or in two languages."""
    look = visit.look
    low = not look.portrait or look.lowered
    return look.large_text or (low and visit.language not in FRENCH)


def _urgent(visit: Visit) -> ft.Control:
    """Whom to call in an emergency: no « Aide, urgence » to touch stands here, as the visit is over."""
    look = visit.look
    soft = look.palette.on_deep_soft
    words = text(visit, visit.say("help.emergency"), "small", soft, center=True)
    return ft.Column(
        [icon(visit, "lifebuoy", look.px(40), soft), words],
        spacing=look.px(8),
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )


def _opinion(visit: Visit) -> ft.Control:
    """Three faces with their words. Never in the way: it goes by itself, and « Passer » goes at once."""
    look = visit.look
    palette = look.palette
    ground, ink = ("#FFD84D", "#000000") if look.contrast else ("#FFFFFF", palette.action)
    close = _close(visit)
    pad_y = 12 if close else 24
    drawn = Press(ground, ink, ledge="#8FBDC0", ledge_px=6, radius=28, pad_x=16, pad_y=pad_y, around=palette.deep)

    def face(answer: str, name: str) -> ft.Control:
        words = text(visit, visit.say(f"opinion.{answer}"), "label", ink, center=True)
        content = ft.Column(
            [picture(visit, name, 84 if close else 112), words],
            spacing=look.px(10),
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        )
        return pressable(
            visit, content, lambda: visit.say_opinion(answer), drawn, expand=True, align=ft.Alignment.CENTER,
            once="opinion",
        )  # fmt: skip

    quiet = Press(
        palette.deep, palette.on_deep, edge=palette.on_deep, edge_px=3, ledge=palette.on_deep, ledge_px=5,
        around=palette.deep, pad_y=max(12 if close else 20, pad_to(visit, "label", 76)), pad_x=40,
    )  # fmt: skip
    skip = text(visit, visit.say("opinion.skip"), "label", palette.on_deep, center=True)
    question = text(visit, visit.say("opinion.title"), "h3", palette.on_deep, center=True)
    rows: list[ft.Control] = [
        gap(visit, 0 if close else 24),
        ft.Semantics(header=True, heading_level=2, content=question),
        ft.Row([face(answer, name) for answer, name in FACES], spacing=look.px(24)),
        ft.Row(
            [pressable(visit, skip, lambda: visit.say_opinion(None), quiet, once="opinion")],
            alignment=ft.MainAxisAlignment.CENTER,
        ),
        text(visit, visit.say("opinion.anonymous"), "body", palette.on_deep_soft, center=True),
        text(visit, visit.say("opinion.leaving"), "body", palette.on_deep_soft, center=True),
    ]
    return ft.Container(
        ft.Column(
            rows, spacing=look.px(12 if close else 24), tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
        ),
        width=min(look.px(900), look.width_px - 2 * side_margin(visit)),
    )


@ft.component
def Incident(visit: Visit) -> ft.Control:
    """Something of ours failed: neutral words, a number, the way back. Nothing of what was typed."""
    look = visit.look
    palette = look.palette
    drawn = Press(
        palette.surface, palette.ink, edge=palette.edge if look.contrast else None, ledge=palette.ledge, pad_x=28,
        pad_y=28, around=palette.deep,
    )  # fmt: skip
    button = ft.Row(
        [ft.Container(text(visit, visit.say("incident.continue"), "label"), expand=True), point(visit, "house")]
    )
    body = ft.Column(
        [
            ft.Semantics(
                header=True,
                heading_level=1,
                live_region=True,
                content=text(visit, visit.say("incident.title"), "h1", palette.on_deep),
            ),
            text(visit, visit.say("incident.detail", reference=visit.incident), "lesson", palette.on_deep_soft),
            ft.Container(pressable(visit, button, visit.recover, drawn), padding=ft.Padding.only(top=look.px(40))),
        ],
        spacing=look.px(28),
        alignment=ft.MainAxisAlignment.CENTER,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        expand=True,
    )
    padded = ft.Container(body, expand=True, padding=side_margin(visit))
    return framed(visit, padded, ground=palette.deep)
