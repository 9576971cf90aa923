"""What the view models see of the replica: small frozen values, no record, no stamp, no SQL. Moments are UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sync.promise import stands_in_line


@dataclass(frozen=True)
class SiteView:
    """The Point Contact this terminal stands in. ``known`` is false before the first round.

    ``rsa_orientation_delegated``: here France Travail orients those with the RSA, in the place of the département.
    """

    id: str
    name: str
    category: str
    address: str
    postal_code: str
    commune_name: str
    region: str
    zone: str
    phone_region: str
    phone: str
    opening_hours: str
    demonstration: bool
    known: bool = True
    rsa_orientation_delegated: bool = False


@dataclass(frozen=True)
class NetworkView:
    """The truth about the network. ``online`` is ``None`` before the first round; moments are UTC.

    ``restored``: this disk may be an old copy; nothing is promised here before the network has settled it.
    """

    online: bool | None
    offline_since: datetime | None
    last_contact: datetime | None
    waiting: int
    clock_trusted: bool
    restored: bool = False
    refusal: str | None = None


@dataclass(frozen=True)
class DeliveryView:
    """Where a record is: ``waiting`` (here), ``received`` (at the hub) or ``rejected``; ``at`` is UTC."""

    state: str
    at: datetime | None = None
    message: str | None = None


@dataclass(frozen=True)
class SlotView:
    """A stretch of booth time, or the seats of an event; ``free`` while it can be had. Moments are UTC.

    ``guaranteed``: this terminal may promise it at once, with no network; else it may only be asked for. ``event`` is
    the reference of the event whose seats these are, "" for booth time. ``phone`` is whom to call where the video does
    not work, "" where nobody said.
    """

    id: str
    reason: str
    organisation: str
    modality: str
    booth: str
    starts_at: datetime
    ends_at: datetime
    free: bool = True
    guaranteed: bool = False
    event: str = ""
    phone: str = ""


@dataclass(frozen=True)
class HeldView:
    """The hour that a visit chose. ``until`` is when it is kept no more, UTC; ``None`` where nothing is kept."""

    slot: SlotView
    guaranteed: bool
    until: datetime | None


@dataclass(frozen=True)
class EventView:
    """A local event; ``seats_left`` was true at ``counted_at``. Moments are UTC.

    ``slot_id`` is the slot of its seats, where one can sign up here; ``reference`` is its organiser's name for it. The
    ``remote_`` values are the same of its places from afar, counted at the same time; ``None`` where it has none.
    """

    id: str
    title: str
    theme: str
    summary: str
    starts_at: datetime
    ends_at: datetime
    place: str
    access: str
    sign_up: str
    organiser: str
    seats: int | None
    seats_left: int | None
    counted_at: datetime | None
    state: str
    source: str
    slot_id: str | None = None
    reference: str = ""
    remote_seats: int | None = None
    remote_seats_left: int | None = None
    remote_slot_id: str | None = None


@dataclass(frozen=True)
class OfferView:
    """A job offer, called ``reference`` by its source, which confirmed it last at ``updated_at``. Moments are UTC."""

    id: str
    title: str
    employer: str
    place: str
    contract: str
    contract_length: str
    working_time: str
    pay: str
    experience: str
    posts: int | None
    summary: str
    how_to_apply: str
    published_at: datetime
    updated_at: datetime
    closes_at: datetime | None
    source: str
    reference: str = ""


@dataclass(frozen=True)
class ServiceView:
    """A service near the site, with the organisation that gives it; true at ``updated_at``, UTC."""

    id: str
    name: str
    organisation: str
    needs: tuple[str, ...]
    summary: str
    address: str
    town: str
    phone: str
    link: str
    hours: str
    conditions: str
    cost: str
    on_site: bool
    from_afar: bool
    through_a_professional: bool
    weekly_hours: int | None
    updated_at: datetime
    source: str


@dataclass(frozen=True)
class PreparedView:
    """A registration that was just prepared: what its slip needs."""

    id: str
    reference: str
    claim_url: str | None
    created_at: datetime


@dataclass(frozen=True)
class BookedView:
    """A booking that was just made: what its slip needs. Not ``guaranteed``: the hub will answer.

    ``wishes`` are the other hours that were asked for with it, best first.
    """

    id: str
    reference: str
    claim_url: str | None
    created_at: datetime
    slot: SlotView
    guaranteed: bool = False
    wishes: tuple[SlotView, ...] = ()


@dataclass(frozen=True)
class RegistrationView:
    """The state of a prepared registration; it never means « inscrit »."""

    id: str
    state: str
    created_at: datetime
    received_at: datetime | None
    to_complete: list[str]


@dataclass(frozen=True)
class BookingView:
    """The state of a booking. ``slot`` is ``None`` when this terminal does not hold it any more.

    ``wishes`` are the other hours asked for, best first. ``alternatives`` are those that the hub proposed and that may
    still be had. ``successor`` is the booking that replaces this one, or asks to. ``waits``: it stays in a line where
    no place is free. ``earlier``: its visitor would like an earlier hour.
    """

    id: str
    state: str
    reason: str
    modality: str
    created_at: datetime
    answered_at: datetime | None
    declined_because: str | None
    slot: SlotView | None
    needs: tuple[str, ...] = ()
    wishes: tuple[SlotView, ...] = ()
    alternatives: tuple[SlotView, ...] = ()
    successor: str | None = None
    waits: bool = False
    earlier: bool = False

    @property
    def in_line(self) -> bool:
        """True while the hub has said that there is no place for now, and keeps the request in the line."""
        return stands_in_line(self.state, self.declined_because)

    @property
    def guaranteed(self) -> bool:
        """True while the hour stands as this terminal promised it."""
        return self.state == "guaranteed"


@dataclass(frozen=True)
class ThreadView:
    """Where a booking comes from: the first one of its chain, how many changes of hour led here.

    ``standing``: the one that it asks to replace still holds or asks for its own hour.
    """

    first_id: str
    moves: int
    standing: bool


@dataclass(frozen=True)
class FoundView:
    """What a reference opened; exactly one of the two is given."""

    kind: str
    id: str
    registration: RegistrationView | None = None
    booking: BookingView | None = None


@dataclass(frozen=True)
class CallView:
    """The open call for help of this terminal. ``answer`` is ``seen`` or ``coming`` when a named person said so at
    ``at`` (UTC), else empty."""

    answer: str = ""
    at: datetime | None = None
