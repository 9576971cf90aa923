"""From a record of the replica to the small value that a view model sees. Pure: no store, no clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

from kiosk import moments
from kiosk.views import EventView, OfferView, RegistrationView, ServiceView, SlotView
from sync.change import Value
from sync.claim import Reference, hash_reference
from sync.promise import OPEN_SLOT, SEATS
from sync.records import EventFields, OfferFields, RecordFields, RegistrationFields, ServiceFields, SlotFields

T = TypeVar("T")
F = TypeVar("F", bound=RecordFields)


def reference_values(reference: Reference, record_id: str) -> dict[str, Value]:
    """The fields of a record that bear its reference; the reference itself is not among them."""
    return {
        "terminal_no": reference.terminal_no,
        "reference_no": reference.index,
        "reference_hash": hash_reference(reference, record_id),
    }


def moment(ms: int | None) -> datetime | None:
    """Milliseconds since 1970 as a UTC moment."""
    return None if ms is None else moments.from_ms(ms)


def moment_of(stored: str | None) -> datetime | None:
    """The text of a record as a UTC moment."""
    return None if stored is None else moments.parse_utc(stored)


def has_room(fields: SlotFields, asked: int) -> bool:
    """True while a slot is open and has a place more than ``asked`` requests would take."""
    return not fields.gone and fields.state == OPEN_SLOT and fields.capacity - fields.taken - asked > 0


def is_open(fields: SlotFields, asked: int, now: datetime) -> bool:
    """``has_room``, for a slot that has not begun."""
    return has_room(fields, asked) and moments.parse_utc(fields.starts_at) > now


def may_be_awaited(fields: SlotFields, now: datetime) -> bool:
    """True for a slot that somebody may still leave: open, and not begun."""
    return not fields.gone and fields.state == OPEN_SLOT and moments.parse_utc(fields.starts_at) > now


def slot_view(slot_id: str, fields: SlotFields, *, free: bool = False) -> SlotView:
    """A slot; whether it is guaranteed is not the record's to say."""
    event = fields.external_ref if fields.reason == SEATS else ""
    return SlotView(
        slot_id, fields.reason, fields.organisation, fields.modality, fields.booth,
        moments.parse_utc(fields.starts_at), moments.parse_utc(fields.ends_at), free, event=event,
        phone=fields.phone,
    )  # fmt: skip


def event_view(event_id: str, fields: EventFields) -> EventView:
    """A local event."""
    values: dict[str, Any] = {
        **fields.model_dump(exclude={"gone", "external_ref"}),
        "starts_at": moments.parse_utc(fields.starts_at),
        "ends_at": moments.parse_utc(fields.ends_at),
        "counted_at": moment_of(fields.counted_at),
    }
    return EventView(id=event_id, reference=fields.external_ref, **values)


def views(
    read: Callable[[str], Iterable[tuple[str, RecordFields]]], fields: type[F], view: Callable[[str, F], T]
) -> list[T]:
    """Every record of a kind that ``read`` gives, as the view models see it."""
    return [view(record_id, found) for record_id, found in read(fields.kind) if isinstance(found, fields)]


def offer_view(offer_id: str, fields: OfferFields) -> OfferView:
    """A job offer."""
    values: dict[str, Any] = {
        **fields.model_dump(exclude={"gone", "external_ref"}),
        "published_at": moments.parse_utc(fields.published_at),
        "updated_at": moments.parse_utc(fields.updated_at),
        "closes_at": moment_of(fields.closes_at),
    }
    return OfferView(id=offer_id, reference=fields.external_ref, **values)


def service_view(service_id: str, fields: ServiceFields) -> ServiceView:
    """A service of the directory."""
    values: dict[str, Any] = {
        **fields.model_dump(exclude={"gone", "external_ref"}),
        "needs": tuple(fields.needs),
        "updated_at": moments.parse_utc(fields.updated_at),
    }
    return ServiceView(id=service_id, **values)


def registration_view(record_id: str, fields: RegistrationFields) -> RegistrationView:
    """The state of a prepared registration."""
    made = moments.parse_utc(fields.created_at)
    return RegistrationView(record_id, fields.state, made, moment_of(fields.received_at), fields.to_complete)
