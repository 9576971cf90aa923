"""The same tables on both ends: a row is identical at the terminal and at the hub."""

from __future__ import annotations

from sync.records.base import RecordFields, RecordTable, record_registry, row_values
from sync.records.booking import Booking, BookingFields, Slot, SlotFields
from sync.records.directory import Offer, OfferFields, Service, ServiceFields
from sync.records.event import Event, EventFields
from sync.records.grant import Grant, GrantFields
from sync.records.help_call import HelpCall, HelpCallFields
from sync.records.registration import Registration, RegistrationFields
from sync.records.satisfaction import Satisfaction, SatisfactionFields
from sync.records.site import Site, SiteFields

TABLES: dict[str, type[RecordTable]] = {
    "site": Site,
    "registration": Registration,
    "slot": Slot,
    "grant": Grant,
    "booking": Booking,
    "event": Event,
    "offer": Offer,
    "service": Service,
    "help_call": HelpCall,
    "satisfaction": Satisfaction,
}
FIELDS: dict[str, type[RecordFields]] = {
    "site": SiteFields,
    "registration": RegistrationFields,
    "slot": SlotFields,
    "grant": GrantFields,
    "booking": BookingFields,
    "event": EventFields,
    "offer": OfferFields,
    "service": ServiceFields,
    "help_call": HelpCallFields,
    "satisfaction": SatisfactionFields,
}

__all__ = [
    "FIELDS",
    "TABLES",
    "Booking",
    "BookingFields",
    "Event",
    "EventFields",
    "Grant",
    "GrantFields",
    "HelpCall",
    "HelpCallFields",
    "Offer",
    "OfferFields",
    "RecordFields",
    "RecordTable",
    "Registration",
    "RegistrationFields",
    "Satisfaction",
    "SatisfactionFields",
    "Service",
    "ServiceFields",
    "Site",
    "SiteFields",
    "Slot",
    "SlotFields",
    "record_registry",
    "row_values",
]
