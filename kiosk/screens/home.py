"""The home of a visit: one service leads, six peers, two human exits."""

from typing import Any

import flet as ft

from kiosk.parts.choices import heard, heard_tile
from kiosk.parts.controls import picture, point, pressable, second_button, text, translation_note
from kiosk.parts.frame import screen
from kiosk.parts.hooks import use_topics
from kiosk.parts.listening import listen_room
from kiosk.parts.styles import Press, sides
from kiosk.parts.told import unread
from kiosk.said import beside, each, french_of
from kiosk.visit import Visit

PEERS = (
    ("home.booking", "/rendez-vous", "rendez-vous", "video-camera"),
    ("home.contract", "/contrat", "contrat", "handshake"),
    ("home.events", "/evenements", "evenements", "calendar-dots"),
    ("home.offers", "/offres", "offres", "briefcase"),
    ("home.services", "/services", "alentours", "map-pin"),
    ("home.possible", "/possible", "possible", "signpost"),
)
BESIDE_LISTENING = 76
"""What the corner button that reads the tall lead takes from its title, in px of the drawing."""
PAIRS, THREES = (tuple(PEERS[at : at + many] for at in range(0, len(PEERS), many)) for many in (2, 3))


@ft.component
def Home(visit: Visit, actions: Any) -> ft.Control:
    """« Que voulez-vous faire ? »"""
    del actions
    use_topics(visit, "frame")
    look = visit.look
    rows = look.contrast or look.large_text
    exits = _exits(visit)
    note = translation_note(visit)
    worth: list[ft.Control] = [note] if note else []
    # On a 10" screen the buttons that read the places leave the words of two a line no room.
    if (rows and (look.portrait or look.large_text)) or (look.small and visit.speaks):
        alone = [_peer(visit, peer, row=True, alone=True) for peer in PEERS]
        return screen(visit, title=visit.say("home.title"), body=[lead(visit, row=True), *alone, exits, *worth])
    if look.portrait and not look.lowered:
        # Another language has its French under each title, and a note under everything: as high as their words.
        height = (250 if _airy(visit) else 220) if not note else None
        grid = [_pair([_peer(visit, peer, height=height) for peer in pair], look.px(24)) for pair in PAIRS]
        return screen(visit, title=visit.say("home.title"), body=[lead(visit), *grid, exits, *worth])
    if look.small or look.lowered or rows:
        grid = [ft.Row([_peer(visit, peer, row=True) for peer in pair], spacing=look.px(20)) for pair in PAIRS]
        return screen(visit, title=visit.say("home.title"), body=[lead(visit, row=True), *grid, exits, *worth])
    return screen(visit, title=visit.say("home.title"), body=[_wide(visit), exits, *worth], fill=True)


def _wide(visit: Visit) -> ft.Control:
    look = visit.look
    grid = ft.Column(
        [
            ft.Row(
                [_peer(visit, peer, height=None) for peer in three],
                spacing=look.px(24),
                expand=True,
                vertical_alignment=ft.CrossAxisAlignment.STRETCH,
            )
            for three in THREES
        ],
        spacing=look.px(24),
        expand=67,
    )
    return ft.Row(
        [ft.Container(lead(visit, tall=True), expand=33), grid],
        spacing=look.px(28),
        expand=True,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _pair(tiles: list[ft.Control], space: int) -> ft.Control:
    return ft.Row(tiles, spacing=space, intrinsic_height=True, vertical_alignment=ft.CrossAxisAlignment.STRETCH)


def _peer(
    visit: Visit, peer: tuple[str, str, str, str], *, row: bool = False, height: float | None = 262, alone: bool = False
) -> ft.Control:
    key, place, pictogram, line_icon = peer
    return heard_tile(
        visit, visit.say(key), lambda: visit.go(place), pictogram=pictogram,
        detail="" if visit.look.small else visit.say(f"{key}_detail"),
        icon_name=line_icon, row=row, height=None if row else height,
        expand=None if alone else True,
    )  # fmt: skip


def _airy(visit: Visit) -> bool:
    """No banner takes its room: what leads and its peers may be taller."""
    return visit.frame.online is not False and not visit.frame.demonstration


def _exits(visit: Visit) -> ft.Control:
    look = visit.look
    talk = second_button(visit, visit.say("home.talk"), lambda: visit.open_sheet("desk"), icon_name="hand-waving",
                         expand=None if look.large_text else True)  # fmt: skip
    code = second_button(visit, visit.say("home.code"), lambda: visit.go("/code"), icon_name="keyboard",
                         expand=None if look.large_text else True)  # fmt: skip
    if look.large_text:
        return ft.Column([talk, code], spacing=look.apart(16), horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return ft.Row([talk, code], spacing=look.px(24))


def lead(visit: Visit, *, row: bool = False, tall: bool = False) -> ft.Control:
    """The service that leads, with the yellow point: « Préparer mon inscription à France Travail »."""
    look = visit.look
    palette = look.palette
    offline = visit.frame.online is False
    detail = visit.say("home.registration_offline" if offline else "home.registration_lead")
    name = visit.say("home.registration")
    both = bool(beside(name))  # another language, with the French under it: twice the words in the same place
    heard_too = tall and visit.speaks  # beside the title stands the button that reads it
    role = "label" if both and look.rtl and not row else "h3" if row or both or heard_too else "h2" if tall else "lead"
    title = text(visit, name, role, palette.on_action)
    drawn = Press(
        palette.action, palette.on_action, ledge=palette.action_ledge, ledge_px=8, radius=28,
        pressed=palette.action_pressed, pad_x=36 if row else 44,
        pad_y=(16 if look.lowered else 24) if row else 28 if both else 40,
    )  # fmt: skip
    on_click = lambda: visit.go("/inscription")  # noqa: E731
    said = (visit.say("home.registration"), detail)
    if row:
        words: list[ft.Control] = [title]
        if not look.large_text and not look.contrast and not both:
            words.append(text(visit, detail.replace("\n", " "), "small", palette.on_action_soft))
        room = [ft.Container(width=listen_room(look) - look.px(36))] if visit.speaks else []
        content: ft.Control = ft.Row(
            [ft.Column(words, expand=True, tight=True, spacing=look.px(4)), point(visit, drawn=92), *room],
            spacing=look.px(24),
        )
        card = pressable(visit, content, on_click, drawn, once="lead")
        return heard(visit, card, said, expand=None)
    free = sides(look, start=0, end=BESIDE_LISTENING if heard_too else 0)
    if both:
        detail = each(lambda said: said.replace("\n", " "), detail)
    words = [ft.Container(title, padding=free), text(visit, detail, "body", palette.on_action_soft, alone=True)]
    column = ft.Column(
        [ft.Column(words, spacing=look.px(16), tight=True), _begin(visit, tall=tall)],
        alignment=ft.MainAxisAlignment.SPACE_BETWEEN, spacing=look.px(20), tight=both and not tall, expand=True,
    )  # fmt: skip
    drawn_px = 226 if tall or both else 300
    art = picture(visit, "inscription", drawn_px, height=drawn_px * 280 / 300)
    if tall:
        at_end = ft.Container(art, bottom=0, left=0 if look.rtl else None, right=None if look.rtl else 0)
        layers: list[ft.Control] = [column, *([] if both else [at_end])]
        content = ft.Stack(layers, expand=True, fit=ft.StackFit.EXPAND)
    else:
        content = ft.Row([column, art], spacing=look.px(8), vertical_alignment=ft.CrossAxisAlignment.END)
    height = None if tall or both else look.px(400 if _airy(visit) else 340)
    card = pressable(visit, content, on_click, drawn, height=height, once="lead", expand=None)
    return heard(visit, card, said, expand=None, top=True)


def _begin(visit: Visit, *, tall: bool) -> ft.Control:
    """The point and « Commencer ». A tall lead is narrow: beside the picture there is room for one of the two."""
    look, ink = visit.look, visit.look.palette.on_action
    begin = visit.say("home.start")
    words: list[ft.Control] = [text(visit, begin, "label", ink, alone=True)]
    if beside(begin):
        words.append(unread(text(visit, french_of(begin), "body", look.palette.on_action_soft)))
    side = ft.Row(words, spacing=look.px(16), wrap=True)
    if tall and not beside(begin):
        return ft.Column([point(visit), side], spacing=look.apart(16), tight=True)
    return ft.Row([point(visit), side], spacing=look.px(20))
