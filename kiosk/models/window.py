"""The guided window as the kiosk says it: what opens, whether it can, and what the window itself is asked. No Flet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol
from urllib.parse import urlencode

from content.errors import ContentError
from content.pack import WINDOW
from content.view import AddressView
from kiosk.models.help import Help
from kiosk.said import beside
from kiosk.shown import is_unreviewed, shown_address
from kiosk.views import SiteView
from kiosk.visit import Wish
from kiosk.window.opening import Opening, Rule
from kiosk.wording import say

if TYPE_CHECKING:
    from content.shelf import Shelf
    from kiosk.actions import Actions

REGISTER = "inscription"
"""The address behind « M’inscrire moi-même en ligne, maintenant »."""
State = Literal["ready", "offline", "absent", "unknown"]


class WindowActions(Protocol):
    """What this model needs of ``kiosk.actions.Actions``."""

    @property
    def shelf(self) -> Shelf:
        """The content."""

    def now(self) -> datetime:
        """Now, UTC."""

    def site(self) -> SiteView:
        """The site."""


@dataclass(frozen=True)
class WindowOffer:
    """What stands on the sheet before a window opens.

    Attributes:
        state: "ready"; "offline" where the network is known to be away; "absent" where this terminal opens no windows;
            "unknown" where the content has no such address any more.
        title, text: of the address. host: the site in words.
        unreviewed: nobody has read these words again in their language.
    """

    state: State
    title: str
    text: str
    host: str
    unreviewed: bool = False


def wish_of(way: str) -> Wish | None:
    """The wish behind an exit of the content (``@window:inscription``), or None for another exit."""
    return Wish(way.removeprefix(WINDOW)) if way.startswith(WINDOW) else None


def offer(actions: WindowActions, wish: Wish, language: str, *, online: bool | None, available: bool) -> WindowOffer:
    """What to say before the window of ``wish`` opens."""
    address = _address(actions, wish, language)
    if address is None:
        return WindowOffer("unknown", say("window.sheet.unknown.title", language), "", "")
    state: State = "absent" if not available else "offline" if online is False else "ready"
    return WindowOffer(state, address.title, address.text, address.host, is_unreviewed(address))


def may_open(actions: WindowActions, link: str) -> bool:
    """True for the link of a call whose host is one of the video hosts of the content."""
    hosts = actions.shelf.video_hosts(now=actions.now().date())
    return Rule(hosts, hosts).allows(link)


def opening(
    actions: Actions, wish: Wish, language: str, *, quiet_s: float, warning_s: float, diagonal_in: float,
    check_url: str = "",
) -> Opening | None:  # fmt: skip
    """What the guided window is asked for ``wish``; None where the content does not allow it (any more).

    ``check_url`` is the terminal's own page that tries camera and sound; only a wish for it opens it.
    """
    help_ = Help(actions)
    emergencies = help_.emergencies(language)
    phones = [one for one in emergencies.blocks if one.kind == "phone"] if emergencies else []
    numbers = tuple((one.number, str(one.text), beside(one.text)) for one in phones)
    if wish.link:
        hosts = actions.shelf.video_hosts(now=actions.now().date())
        url, rule, title = wish.link, Rule(hosts, hosts), say("window.video", language)
    elif wish.check:
        drawn = {"langue": language, "texte": wish.text_percent, "contraste": int(wish.contrast)}
        url = f"{check_url}?{urlencode({**drawn, 'dixiemes': round(diagonal_in * 10)})}"
        rule, title = Rule((), check=url), say("window.check", language)
    else:
        address = _address(actions, wish, language)
        if address is None:
            return None
        url, rule, title = address.url, Rule(address.hosts), address.title
    if not rule.allows(url):
        return None
    return Opening(
        url, rule, str(title), language=language, quiet_s=quiet_s, warning_s=warning_s, limit_s=wish.limit_s,
        diagonal_in=diagonal_in, emergencies=numbers, desk_phone=help_.desk_phone,
        terminal_no=actions.terminal_no,
    )  # fmt: skip


def _address(actions: WindowActions, wish: Wish, language: str) -> AddressView | None:
    try:
        found = actions.shelf.address(wish.address, language, now=actions.now().date())
    except ContentError:
        return None
    return shown_address(found) if found.url else None
