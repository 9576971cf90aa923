"""The frame of every screen: header, banners, progress, title, content, action bar, dock. Its places never move.

A screen is a component that returns `screen(visit, …)`. Header and dock are not part of it: the stage draws them once a
visit, around whatever is shown (`around`), so that a change of screen sends and draws the content only. Portrait has
the dock at the foot, landscape a rail at the side where a line begins, its items at its own foot, within reach.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import flet as ft

from kiosk.faces import CYRILLIC, has_letters
from kiosk.parts.controls import (
    gap,
    heading,
    icon,
    pressable,
    primary_button,
    quiet_button,
    second_button,
    text,
)
from kiosk.parts.dock import Dock
from kiosk.parts.hooks import still, use_kept, use_topics
from kiosk.parts.styles import Press
from kiosk.parts.told import unread
from kiosk.tokens import TEXT_STEPS_PERCENT, Look
from kiosk.visit import Visit

MARGIN = 64
MEAN_LETTER_EM, CYRILLIC_LETTER_EM = 0.55, 0.68
BESIDE_SHARE = 0.42
"""The part of a page's width that a primary button's words have beside « Retour », in large letters."""
HEADER = 120
BAR, KEYS, HEAD, FOOT = "bar", "keys", "head", "dock"
"""Places of a screen that the page must know by name (kiosk/web/focus.js); the rest of a screen is its content."""


@dataclass(frozen=True, slots=True)
class Primary:
    """The primary action. `on_click` None: not yet possible; `label` says why (« Choisissez d’abord une heure »)."""

    label: str
    on_click: Callable[[], Any] | None
    icon_name: str = "arrow-right"


@dataclass(frozen=True, slots=True)
class Progress:
    """Where one is: name of the section, step (from 1), number of steps."""

    section: str
    step: int
    steps: int


def screen(
    visit: Visit, *, title: str, body: Sequence[ft.Control], primary: Primary | None = None,
    back: Callable[[], Any] | None = None, progress: Progress | None = None, keyboard: ft.Control | None = None,
    lead: str = "", aside: ft.Control | None = None, facts: Sequence[str] = (), fill: bool = False,
    beside: ft.Control | None = None,
) -> ft.Control:  # fmt: skip
    """One screen of a visit.

    Args:
        title: one per screen, two lines at most; "" draws none (the body then begins with its own heading level 1).
        body: the content, top to bottom; it scrolls with « Plus bas » when it does not fit.
        primary: the yellow point; None draws no primary (home).
        back: « Retour »; None draws none.
        keyboard: `parts.keyboard.keyboard(...)`, set above the action bar; `body` then begins with what is typed into.
        lead: a sentence under the title.
        aside: a control at the right of the title (the simple-French switch).
        facts: one or two facts to confirm, repeated in the action bar above its buttons.
        fill: the body takes the whole height (tiles that share it) instead of scrolling.
        beside: stands in the action bar beside « Retour »: alone it takes the room of the primary (turning the pages
            of a list), else its own.
    """
    look = visit.look
    tight = keyboard is not None and look.close
    head = _head(visit, title, lead, progress, aside, tight=tight)
    if keyboard is not None:
        rest = [turned(visit, part) for part in body[1:]]
        if tight and lead:  # what is typed must be seen above the keys: the sentence goes under it
            rest.insert(0, turned(visit, text(visit, lead, "small", look.palette.ink_soft)))
        head, body = turned(visit, head), [*body[:1], *rest]
    inner = _content(visit, [head, *body], fill=fill, tight=tight)
    above, below = (16 if look.portrait and not tight and not look.lowered else 8), (8 if primary or back else 28)
    middle = _middle(visit, inner, above, below)
    # On a 10" screen the keys take the room of the header, then the screen's own; « Retour » and the dock stay.
    column: list[ft.Control] = [Header(visit, look, visit.language), middle] if look.small and not tight else [middle]
    if keyboard is not None:
        column.append(unread(keyboard))
    if primary is not None or back is not None:
        bar = action_bar(visit, primary, back, facts, on_bed=keyboard is not None, beside=beside)
        column.append(turned(visit, bar) if keyboard is not None else bar)
    whole = ft.Column(column, spacing=0, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return framed(visit, whole, typed=keyboard is not None)


def _content(visit: Visit, rows: list[ft.Control], *, fill: bool, tight: bool) -> list[ft.Control]:
    """Banners and the rows of a screen, which share the height (`fill`) or are turned like pages."""
    look = visit.look
    spacing = look.apart(14 if tight or look.lowered else 24 if look.portrait else 16)
    banners: list[ft.Control] = [] if tight else [Banners(visit)]
    if fill:
        return [*banners, ft.Column(rows, spacing=spacing, expand=True)]
    # In large words a banner would take the room of what it stands over: there it goes by with the rest.
    scrolls = look.large_text or look.lowered
    shown = [*(banners if scrolls else []), *rows]
    stretch = ft.CrossAxisAlignment.STRETCH
    pages = Pages(visit, ft.Column(shown, spacing=spacing, tight=True, horizontal_alignment=stretch))
    return [*([] if scrolls else banners), pages]


def _middle(visit: Visit, inner: list[ft.Control], above: float, below: float) -> ft.Control:
    """Banners and content between the margins; `above` and `below` in px of the drawing."""
    look, margin = visit.look, side_margin(visit)
    stretch = ft.CrossAxisAlignment.STRETCH
    column = ft.Column(inner, spacing=look.px(20 if look.portrait else 14), expand=True, horizontal_alignment=stretch)
    return ft.Container(column, expand=True, padding=ft.Padding(margin, look.px(above), margin, look.px(below)))


def _head(
    visit: Visit, title: str, lead: str, progress: Progress | None, aside: ft.Control | None, *, tight: bool
) -> ft.Control:
    look = visit.look
    top: list[ft.Control] = []
    if progress and not tight:
        top.append(progress_bar(visit, progress))
    elif progress and not look.small and not (look.lowered and look.large_text):
        top.append(_progress_words(visit, progress))
    if title:
        words = heading(visit, title) if not tight else _small_title(visit, title)
        top.append(ft.Row([ft.Container(words, expand=True), aside], spacing=look.px(24)) if aside else words)
    if lead and not tight:
        top.append(text(visit, lead, "body", look.palette.ink_soft))
    return ft.Column(top, spacing=look.px(12 if tight else 20 if look.portrait else 16), tight=True)


def framed(visit: Visit, content: ft.Control, *, ground: str | None = None, typed: bool = False) -> ft.Control:
    """Any content on its ground, in the place that the stage leaves to it, turned round where the language is.

    `typed`: a field and its keys are in it, which are not; what stands around them is `turned` by itself.
    """
    look = visit.look
    return ft.Container(content, expand=True, bgcolor=ground or look.palette.ground, rtl=look.rtl and not typed)


def turned(visit: Visit, content: ft.Control) -> ft.Control:
    """A part of a screen with a field, from right to left where the language runs so.

    Names, codes and numbers are typed in Latin letters in every language, and a direction cannot be turned back inside
    another (Flet has `rtl`, and no `ltr`): so those screens are turned piece by piece.
    """
    return ft.Container(content, rtl=True) if visit.look.rtl else content


def around(visit: Visit, shown: ft.Control) -> ft.Control:
    """What is shown, with the header above it and the dock (portrait) or the rail (landscape) beside it."""
    look = visit.look
    dock = ft.Semantics(identifier=FOOT, content=still(Dock)(visit, look, visit.language))
    parts = [shown] if look.small else [still(StageHeader)(visit, look, visit.language), shown]
    whole = ft.Column(parts, spacing=0, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    if look.portrait:
        return ft.Column([whole, dock], spacing=0, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    sides = [whole, dock] if look.rtl else [dock, whole]
    return ft.Row(sides, spacing=0, expand=True, vertical_alignment=ft.CrossAxisAlignment.STRETCH)


@ft.component
def StageHeader(visit: Visit, look: Look, language: str) -> ft.Control:
    """The header where one stands: not on the attract screen, nor over the warning or an incident.

    `look` and `language` are those of the visit: given, so that a new one draws it again and nothing else does.
    """
    use_topics(visit, "place", "cover", "sheet", "call", "idle")
    header = still(Header)(visit, look, language) if visit.headed else None
    return ft.Container(header, visible=visit.headed, rtl=look.rtl)


def side_margin(visit: Visit) -> int:
    """The margin left and right of the content, in px."""
    look = visit.look
    return look.px(40 if look.small else MARGIN if look.portrait else 56)


def _small_title(visit: Visit, title: str) -> ft.Control:
    look = visit.look
    # Lowered and in the largest words, the field would hardly be seen under a title in two languages.
    words = text(visit, title, "h3", alone=look.lowered and look.text_percent == TEXT_STEPS_PERCENT[-1])
    return ft.Semantics(header=True, heading_level=1, content=words)


def progress_bar(visit: Visit, progress: Progress) -> ft.Control:
    """« Votre identité … Étape 2 sur 9 » and one bar a step."""
    look = visit.look
    palette = look.palette

    def bar(step: int) -> ft.Control:
        color = palette.done if step < progress.step else palette.current if step == progress.step else palette.to_come
        return ft.Container(expand=True, height=look.px(12), border_radius=look.px(6), bgcolor=color)

    words = _progress_words(visit, progress)
    bars = ft.Row([bar(step) for step in range(1, progress.steps + 1)], spacing=look.px(8))
    rows = [words, bars, gap(visit, 8)] if look.portrait else [words, bars]  # a wide screen is a low one
    return ft.Column(rows, spacing=look.px(14 if look.portrait else 10), tight=True)


def _progress_words(visit: Visit, progress: Progress) -> ft.Control:
    step = visit.say("frame.step", current=progress.step, total=progress.steps)
    return ft.Row(
        [
            ft.Container(text(visit, progress.section, "strong"), expand=True),
            text(visit, step, "small", visit.look.palette.ink_soft),
        ],
        vertical_alignment=ft.CrossAxisAlignment.END,
    )


def action_bar(
    visit: Visit, primary: Primary | None, back: Callable[[], Any] | None, facts: Sequence[str] = (), *,
    on_bed: bool = False, beside: ft.Control | None = None,
) -> ft.Control:  # fmt: skip
    """Retour on the left, the primary action beside it; `facts` repeats what is about to be confirmed."""
    look = visit.look
    buttons: list[ft.Control] = []
    if back is not None:
        buttons.append(second_button(visit, visit.say("frame.back"), back, icon_name="arrow-left"))
    if beside is not None:
        buttons.append(beside if primary is not None else ft.Container(beside, expand=True))
    if primary is not None:
        buttons.append(primary_button(visit, primary.label, primary.on_click, icon_name=primary.icon_name))
    rows: list[ft.Control] = []
    if facts:
        rows.append(ft.Row([text(visit, fact, "strong") for fact in facts], spacing=look.px(32), wrap=True))
    if len(buttons) > 1 and primary is not None and _long(look, primary.label):
        bar: ft.Control = ft.Column([ft.Row([one]) for one in reversed(buttons)], spacing=look.apart(14), tight=True)
    else:
        bar = ft.Row(buttons, spacing=look.px(24))
    rows.append(ft.Semantics(identifier=BAR, content=bar))
    margin = look.px(28) if on_bed else side_margin(visit)
    above = look.apart(16) - look.px(8) if on_bed else look.px(14)  # the bed of keys ends with 8
    return ft.Container(
        bgcolor=look.palette.key_bed if on_bed else look.palette.ground,
        padding=ft.Padding.only(left=margin, right=margin, top=above, bottom=look.px(20)),
        content=ft.Column(rows, spacing=look.apart(14), tight=True),
    )


def _long(look: Look, label: str) -> bool:
    """Whether a word of a button is too long, in large letters, to have « Retour » beside it."""
    longest = max(map(len, label.split(" ")))
    mean = CYRILLIC_LETTER_EM if has_letters(label, CYRILLIC) else MEAN_LETTER_EM
    return longest * look.size("label") * mean > look.width_px * BESIDE_SHARE


def mark(visit: Visit, drawn: float = 60, *, on_deep: bool = False) -> ft.Control:
    """Our mark: two discs that touch, teal and yellow (white and yellow on dark)."""
    look = visit.look
    palette = look.palette
    unit = look.px(drawn) / 56

    def disc(cx: float, cy: float, r: float, color: str) -> ft.Control:
        return ft.Container(
            left=(cx - r) * unit, top=(cy - r) * unit, width=2 * r * unit, height=2 * r * unit,
            shape=ft.BoxShape.CIRCLE, bgcolor=color,
        )  # fmt: skip

    first = "#FFFFFF" if on_deep or look.contrast else palette.action
    return ft.Stack(
        [disc(17, 36, 17, first), disc(43.5, 18.5, 12.5, "#FFC933")],
        width=56 * unit,
        height=56 * unit,
    )


@ft.component
def Header(visit: Visit, look: Look, language: str) -> ft.Control:
    """Mark, name of the place, clock, network, and « Terminer », for the visit's own `look` and `language`."""
    del language
    margin = side_margin(visit)
    name = ft.Column(
        [text(visit, visit.say("frame.name"), "bar", lines=1), SiteName(visit)],
        spacing=0,
        expand=True,
        alignment=ft.MainAxisAlignment.CENTER,
    )
    finish = quiet_button(
        visit,
        visit.say("frame.finish"),
        lambda: visit.open_sheet("finish"),
        icon_name="sign-out",
        drawn_height=68,
        role="bar",
    )
    header = ft.Container(
        padding=ft.Padding.only(left=margin, right=margin, top=look.px(16), bottom=look.px(10)),
        content=ft.Row(
            [mark(visit), name, Corner(visit), ft.Semantics(identifier=HEAD, content=finish)], spacing=look.px(20)
        ),
    )
    return unread(header)


@ft.component
def SiteName(visit: Visit, on_deep: bool = False) -> ft.Control:
    """The name of the town hall; it may change with a round."""
    use_topics(visit, "frame")
    palette = visit.look.palette
    return text(
        visit, visit.frame.site_name, "bar_small", palette.on_deep_soft if on_deep else palette.ink_soft, lines=2
    )


@ft.component
def Corner(visit: Visit) -> ft.Control:
    """The time and the state of the network, in words and with an icon."""
    use_topics(visit, "frame")
    look, frame = visit.look, visit.frame
    ink = look.palette.ink_soft
    key = {True: "frame.online", False: "frame.offline", None: "frame.network_unknown"}[frame.online]
    state = ft.Row(
        [
            icon(visit, "wifi-slash" if frame.online is False else "wifi-high", look.px(30), ink),
            text(visit, visit.say(key), "bar_small", ink),
        ],
        spacing=look.px(10),
        tight=True,
    )
    return ft.Column(
        [text(visit, frame.clock(visit.language), "bar"), state],
        spacing=0,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.END,
    )


@ft.component
def Banners(visit: Visit) -> ft.Control:
    """The demonstration banner (always, on a demonstration terminal) and the offline banner."""
    use_topics(visit, "frame")
    frame = visit.frame
    rows: list[ft.Control] = []
    if frame.demonstration:
        rows.append(_band(visit, "info", visit.say("frame.demonstration"), ""))
    if frame.online is False:
        since = frame.since(visit.language)
        title = visit.say("frame.offline_banner", since=since) if since else visit.say("frame.offline_banner_short")
        rows.append(_band(visit, "wifi-slash", title, visit.say("frame.offline_detail")))
    stretch = ft.CrossAxisAlignment.STRETCH
    column = ft.Column(rows, spacing=visit.look.px(12), tight=True, horizontal_alignment=stretch)
    return ft.Container(column, visible=bool(rows), rtl=visit.look.rtl)


def _band(visit: Visit, name: str, title: str, detail: str) -> ft.Control:
    look = visit.look
    palette = look.palette
    slate = name == "wifi-slash"
    ink = palette.on_off if slate else palette.off if not look.contrast else palette.ink
    words: list[ft.Control] = [text(visit, title, "strong" if slate else "source", ink)]
    if detail and not look.large_text and not look.small:
        words.append(text(visit, detail, "small", ink))
    return ft.Container(
        bgcolor=palette.off if slate else palette.off_soft,
        border=ft.Border.all(look.stroke(2), palette.edge) if look.contrast else None,
        border_radius=look.px(24 if slate else 16),
        padding=ft.Padding.symmetric(horizontal=look.px(32 if slate else 20), vertical=look.px(22 if slate else 8)),
        content=ft.Row(
            [
                icon(visit, name, look.px(52 if slate else 30), ink),
                ft.Column(words, expand=True, tight=True, spacing=4),
            ],
            spacing=look.px(28 if slate else 14),
        ),
    )


def _no_sizes() -> dict[str, float]:
    return {"place": 0.0, "content": 0.0, "at": 0.0}


def _new_column() -> ft.Ref[ft.Column]:
    return ft.Ref[ft.Column]()


@ft.component
def Pages(visit: Visit, content: ft.Control) -> ft.Control:
    """Content that may be higher than its place: it then scrolls by finger and by « Plus bas » and « Plus haut »."""
    sizes = use_kept(_no_sizes)
    more, show_more = ft.use_state("")
    column = use_kept(_new_column)
    look = visit.look

    def judge() -> None:
        hidden = sizes["content"] - sizes["place"]
        wanted = "" if hidden <= 2 or not sizes["place"] else "up" if sizes["at"] >= hidden - 2 else "down"
        if wanted != more:
            show_more(wanted)

    def sized(which: str) -> Callable[[Any], None]:
        def changed(event: Any) -> None:
            sizes[which] = event.height
            judge()

        return changed

    def scrolled(event: ft.OnScrollEvent) -> None:
        sizes["at"] = event.pixels
        judge()

    async def turn() -> None:
        if column.current is not None:
            offset = 0.0 if more == "up" else min(sizes["at"] + sizes["place"] * 0.8, sizes["content"] - sizes["place"])
            await column.current.scroll_to(offset=offset, duration=120)
            sizes["at"] = offset
            judge()

    viewport = _viewport(visit, content, column, sized, scrolled)
    # The button comes and goes in a place that stays: were the content to move into another control, a field in it
    # would be made anew, without what was typed meanwhile.
    key, arrow = ("frame.less", "arrow-up") if more == "up" else ("frame.more", "arrow-down")
    if not look.portrait or look.lowered:  # little height: the button stands beside the content
        arrow_button = _arrow(visit, visit.say(key), arrow, turn)
        button = ft.Column([arrow_button], alignment=ft.MainAxisAlignment.END, visible=bool(more))
        return ft.Row(
            [viewport, button], spacing=look.apart(12), expand=True, vertical_alignment=ft.CrossAxisAlignment.STRETCH
        )
    turning = quiet_button(visit, visit.say(key), turn, icon_name=arrow, drawn_height=72)
    foot = ft.Row([turning], alignment=ft.MainAxisAlignment.END, visible=bool(more))
    return ft.Column(
        [viewport, foot], spacing=look.apart(0), expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
    )


def _viewport(
    visit: Visit, content: ft.Control, column: ft.Ref[ft.Column],
    sized: Callable[[str], Callable[[Any], None]], scrolled: Callable[[ft.OnScrollEvent], None],
) -> ft.Control:  # fmt: skip
    look = visit.look
    return ft.Container(
        expand=True,
        on_size_change=sized("place"),
        content=ft.Column(
            [ft.Container(content, on_size_change=sized("content"), padding=ft.Padding.only(bottom=look.px(12)))],
            ref=column,
            scroll=ft.ScrollMode.HIDDEN,
            on_scroll=scrolled,
            scroll_interval=200,
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
    )


def _arrow(visit: Visit, spoken: str, name: str, on_click: Callable[[], Any]) -> ft.Control:
    look = visit.look
    palette = look.palette
    drawn = Press(palette.surface, palette.ink, edge=palette.control, ledge=palette.control, ledge_px=4, radius=20,
                  pad_x=4, pad_y=4)  # fmt: skip
    face = icon(visit, name, look.px(40), said=spoken)
    size = look.touch(84)
    return pressable(visit, face, on_click, drawn, width=size, height=size, align=ft.Alignment.CENTER)
