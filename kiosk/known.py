"""What this terminal knows, for every place of the kiosk: the site, the network, the content, what is announced here.

The lowest storey of ``kiosk.actions``; see its docstring.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from content.shelf import ACCESSIBILITY, Communes, ScreenView, Shelf
from content.view import UNKNOWN_VALUE
from kiosk import moments, reading
from kiosk.shown import shown
from kiosk.views import DeliveryView, EventView, NetworkView, OfferView, ServiceView, SiteView
from sync.claim import Reference
from sync.promise import GUARANTEED, REQUESTED
from sync.records import EventFields, OfferFields, ServiceFields

if TYPE_CHECKING:
    from sync.replica.terminal import Terminal

T = TypeVar("T")


class Known:
    """What a visit may know of this terminal.

    Args:
        terminal: the replica's facade.
        shelf: the content shown on this terminal.
        soon: asks for a round as soon as possible (``Schedule.soon``); must return at once.
        now_ms: the time, milliseconds since 1970; the terminal's, corrected by signed time, unless given.
        texts: what only the operator knows, by placeholder name of the content (``operator``, ``privacy_contact``).
    """

    def __init__(
        self,
        terminal: Terminal,
        shelf: Shelf,
        *,
        soon: Callable[[], None],
        now_ms: Callable[[], int] | None = None,
        texts: Mapping[str, str] | None = None,
    ) -> None:
        self._texts = dict(texts or {})
        self._terminal = terminal
        self._soon = soon
        self._now_ms = now_ms or terminal.now_ms
        self.shelf = shelf
        self._kept: dict[str, tuple[int, Any]] = {}

    @property
    def functions(self) -> tuple[str, ...]:
        """What this terminal is for: ``borne``, ``affichage``…"""
        return self._terminal.identity.functions

    @property
    def terminal_no(self) -> int:
        """The number of this terminal, written on it."""
        return self._terminal.identity.terminal_no

    def now(self) -> datetime:
        """The present moment, UTC, cut to the second."""
        return moments.from_ms(self._now_ms()).replace(microsecond=0)

    def site(self) -> SiteView:
        """The site; neutral values until the first round has brought it."""
        return self._read_once("site", self._read_site)

    def _read_site(self) -> SiteView:
        site_id = self._terminal.identity.site_id
        fields = self._terminal.store.site()
        if fields is None:
            return SiteView(site_id, "", "", "", "", "", "", moments.PARIS, "FR", "", "", False, known=False)
        return SiteView(
            site_id, fields.name, fields.category, fields.address, fields.postal_code, fields.commune_name,
            fields.region, fields.zone, fields.phone_region, fields.phone, fields.opening_hours, fields.demonstration,
            rsa_orientation_delegated=fields.rsa_orientation_delegated,
        )  # fmt: skip

    def network(self) -> NetworkView:
        """Online, or offline since when; what waits; whether the clock is trusted."""
        status = self._terminal.status()
        return NetworkView(
            online=status.online,
            offline_since=reading.moment(status.offline_since_ms),
            last_contact=reading.moment(status.last_contact_ms),
            waiting=status.waiting,
            clock_trusted=status.clock_trusted,
            restored=status.restored,
            refusal=status.last_refusal_message,
        )

    @property
    def demonstration(self) -> bool:
        """True on a terminal enrolled with a demonstration hub: the banner is permanent."""
        return self._terminal.identity.demonstration

    def privacy_notice(self, language: str) -> ScreenView:
        """The short privacy notice, its placeholders filled for this site; keep its ``version_id``."""
        return self._shown(self.shelf.privacy_notice(language, now=self.now().date()))

    def privacy_full(self, language: str) -> list[ScreenView]:
        """The full privacy text, one subject a screen, filled for this site."""
        return [self._shown(screen) for screen in self.shelf.privacy_full(language, now=self.now().date())]

    def accessibility(self, language: str) -> list[ScreenView]:
        """The accessibility statement, one subject a screen, filled for this site; empty where the release has none."""
        if ACCESSIBILITY not in self.shelf.flows:
            return []
        found = self.shelf.screens(ACCESSIBILITY, language, now=self.now().date())
        return [self._shown(screen) for screen in found]

    def operator_text(self, name: str, otherwise: str = UNKNOWN_VALUE) -> str:
        """What the operator says under that placeholder name of the content; ``otherwise`` where it says nothing."""
        return self._texts.get(name, "").strip() or otherwise

    def commune_table(self) -> Communes:
        """The national table of communes and the countries."""
        return self.shelf.commune_table()

    def sync_soon(self) -> None:
        """Asks for a round now, without waiting for it."""
        self._soon()

    def delivery(self, kind: str, record_id: str) -> DeliveryView:
        """Whether a record written here reached the hub."""
        delivery = self._terminal.store.delivery(kind, record_id)
        return DeliveryView(delivery.state, reading.moment(delivery.at_ms), delivery.message)

    def events(self) -> list[EventView]:
        """Local events that are not over, earliest first, cancelled and full ones included."""
        now = self.now()
        return [event for event in self._read_once("events", self._read_events) if event.ends_at > now]

    def event(self, reference: str) -> EventView | None:
        """The event of that reference, over or not; ``None`` when it is not announced here any more."""
        known = self._read_once("events", self._read_events)
        return next((event for event in known if event.reference == reference), None)

    def _read_events(self) -> list[EventView]:
        return sorted(
            reading.views(self._terminal.store.list, EventFields, reading.event_view),
            key=lambda event: (event.starts_at, event.id),
        )

    def offers(self) -> list[OfferView]:
        """Job offers near here, those whose last day is over included."""
        return self._read_once(
            "offers", lambda: reading.views(self._terminal.store.list, OfferFields, reading.offer_view)
        )

    def services(self) -> list[ServiceView]:
        """Services near here that help."""
        return self._read_once(
            "services", lambda: reading.views(self._terminal.store.list, ServiceFields, reading.service_view)
        )

    def _read_once(self, what: str, read: Callable[[], T]) -> T:
        """What `read` gave, until something in the replica changes: every screen asks for the same again."""
        version = self._terminal.store.version()  # before the reading: a change during it is read once too often
        kept = self._kept.get(what)
        if kept is None or kept[0] != version:
            kept = self._kept[what] = (version, read())
        found: T = kept[1]
        return found

    def _shown(self, screen: ScreenView) -> ScreenView:
        site = self.site()
        return shown(screen.filled({"site_name": site.name, "site_phone": site.phone, **self._texts}))

    def _claim_url(
        self, kind: str, record_id: str, slot_id: str | None, expires: datetime, reference: Reference, language: str, *,
        grant_no: int = 0, spend_no: int = 0,
    ) -> str | None:  # fmt: skip
        """The address in the slip's QR; ``None`` where the hub has no public address. No spend: not guaranteed."""
        public_url = self._terminal.public_url()
        if public_url is None:
            return None
        promise = GUARANTEED if spend_no else REQUESTED
        expires_s = moments.to_ms(expires) // 1000
        claim = self._terminal.store.sign_claim(
            kind, promise, record_id, slot_id, expires_s, reference=reference, language=language, grant_no=grant_no,
            spend_no=spend_no,
        )  # fmt: skip
        return f"{public_url.rstrip('/')}/c/{claim}"
