"""What is near: job offers, and services that help. What is shown, in which order, and how old it is.

An offer is shown until its last day; where its source has not confirmed it for a month, or a service for half a year,
the card says so and what to do: an old address costs a person a journey.

No Flet here: entries come from ``kiosk.actions``, the moment (trusted time) as an argument.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from kiosk import moments, times
from kiosk.views import OfferView, ServiceView

CONTRACTS = ("cdi", "cdd", "interim", "saisonnier", "alternance", "autre")
NEEDS = (
    "emploi", "formation", "mobilite", "famille", "logement", "argent", "sante", "droits", "numerique", "entreprise",
    "autre",
)  # fmt: skip
OFFER_IS_OLD_AFTER = timedelta(days=30)
SERVICE_IS_OLD_AFTER = timedelta(days=183)
NEW_FOR = timedelta(days=3)
OTHER = "autre"
NEAR_DAYS = (0, 1)


class _Kept(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def tags(self) -> tuple[str, ...]: ...


Card = TypeVar("Card", bound=_Kept)


@dataclass(frozen=True)
class OfferCard:
    """One offer as the list and its own page show it. ``tags`` are what the filters look at.

    ``last_day_is_near``: it is called today or tomorrow, and no date.
    """

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
    reference: str
    source: str
    updated: str
    is_old: bool
    is_new: bool
    last_day: str | None
    last_day_is_near: bool

    @property
    def tags(self) -> tuple[str, ...]:
        """The kind of contract."""
        return (self.contract,)


@dataclass(frozen=True)
class ServiceCard:
    """One service as the list and its own page show it. ``tags`` are what it helps with."""

    id: str
    name: str
    organisation: str
    tags: tuple[str, ...]
    summary: str
    where: tuple[str, ...]
    phone: str
    link: str
    hours: str
    conditions: str
    cost: str
    on_site: bool
    from_afar: bool
    through_a_professional: bool
    weekly_hours: int | None
    source: str
    updated: str
    is_old: bool


def offer_cards(offers: Iterable[OfferView], language: str, *, now: datetime, zone: str) -> tuple[OfferCard, ...]:
    """Every offer that one can still apply for, the newest first."""
    open_ones = [one for one in offers if one.closes_at is None or one.closes_at > now]
    open_ones.sort(key=lambda one: (-one.published_at.timestamp(), one.title, one.id))
    return tuple(_offer(one, language, now, zone) for one in open_ones)


def service_cards(
    services: Iterable[ServiceView], language: str, *, now: datetime, zone: str
) -> tuple[ServiceCard, ...]:
    """Every service: what is old comes last, else by name."""
    cards = [_service(one, language, now, zone) for one in services]
    return tuple(sorted(cards, key=lambda card: (card.is_old, card.name.casefold(), card.id)))


def _offer(offer: OfferView, language: str, now: datetime, zone: str) -> OfferCard:
    ends = offer.closes_at
    return OfferCard(
        id=offer.id, title=offer.title, employer=offer.employer, place=offer.place,
        contract=offer.contract if offer.contract in CONTRACTS else OTHER, contract_length=offer.contract_length,
        working_time=offer.working_time, pay=offer.pay, experience=offer.experience, posts=offer.posts,
        summary=offer.summary, how_to_apply=offer.how_to_apply, reference=offer.reference, source=offer.source,
        updated=times.near_day_of(offer.updated_at, now, zone, language),
        is_old=now - offer.updated_at > OFFER_IS_OLD_AFTER, is_new=now - offer.published_at <= NEW_FOR,
        last_day=None if ends is None else times.near_day_of(ends, now, zone, language),
        last_day_is_near=ends is not None and _days_to(ends, now, zone) in NEAR_DAYS,
    )  # fmt: skip


def _service(service: ServiceView, language: str, now: datetime, zone: str) -> ServiceCard:
    return ServiceCard(
        id=service.id, name=service.name, organisation=service.organisation,
        tags=tuple(need for need in NEEDS if need in service.needs) or (OTHER,), summary=service.summary,
        where=tuple(line for line in (service.address, service.town) if line), phone=service.phone, link=service.link,
        hours=service.hours, conditions=service.conditions, cost=service.cost, on_site=service.on_site,
        from_afar=service.from_afar, through_a_professional=service.through_a_professional,
        weekly_hours=service.weekly_hours, source=service.source,
        updated=times.near_day_of(service.updated_at, now, zone, language),
        is_old=now - service.updated_at > SERVICE_IS_OLD_AFTER,
    )  # fmt: skip


def _days_to(moment: datetime, now: datetime, zone: str) -> int:
    return (moments.local(moment, zone).date() - moments.local(now, zone).date()).days


def with_tag(cards: Sequence[Card], tag: str | None) -> tuple[Card, ...]:
    """The cards of one filter, or all of them."""
    return tuple(card for card in cards if tag is None or tag in card.tags)


def tags_present(cards: Sequence[Card], order: Sequence[str]) -> tuple[str, ...]:
    """The filters that lead somewhere, in the order of their vocabulary."""
    found = {tag for card in cards for tag in card.tags}
    return tuple(tag for tag in order if tag in found)


def terms_of(card: OfferCard) -> tuple[str, ...]:
    """What is said of the contract beside its kind: how long, how many hours."""
    return tuple(words for words in (card.contract_length, card.working_time) if words)
