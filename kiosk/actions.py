"""What the kiosk can do and know: the view models' one door to the replica and to the content.

A view model never sees a record, a stamp or SQL: it gets the small values of ``kiosk.views``. Every write is
one transaction of ``sync.replica.store`` (row, stamps, outbox entry). What a visitor typed leaves
only sealed for the hub; nothing here logs it or puts it in an error. Four storeys: ``kiosk.known`` reads,
``kiosk.calls`` calls for help, ``kiosk.bookings`` holds and books, this file prepares registrations and opens slips.

Errors are those of ``sync.errors``: their message is one French sentence that can be shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from kiosk import moments, reading
from kiosk.bookings import Bookings
from kiosk.views import FoundView, PreparedView, RegistrationView
from sync.change import Value
from sync.errors import InvalidInput
from sync.records import BookingFields, RegistrationFields
from sync.records.registration import KEEP

REGISTRATION_CLAIM_VALID = timedelta(days=15)
"""How long the slip of a prepared registration opens: the retention of the official draft."""


class Actions(Bookings):
    """What a visit may do; the arguments are those of ``Known``."""

    def prepare_registration(
        self,
        answers: Mapping[str, Value],
        *,
        notice_version: str,
        notice_read_at: datetime,
        language: str,
        assistance: str = "seul",
        if_unsent: str = KEEP,
    ) -> PreparedView:
        """Seals the answers for the hub and writes the preparation, in one transaction.

        Args:
            answers: docs/sources.md, minimisation, French keys; sealed, never stored otherwise.
            notice_version: version of the privacy notice that was shown.
            notice_read_at: when it was shown, UTC.
            language: language of the visit.
            assistance: ``seul``, ``avec_aide`` or ``mandat``.
            if_unsent: ``garder`` or ``detruire``: what the person chose in case it cannot leave for fifteen days.
        """
        store = self._terminal.store
        record_id = store.new_id()
        sealed = store.seal(RegistrationFields.kind, record_id, dict(answers))
        reference = store.next_reference()
        now = self.now()
        values: dict[str, Value] = {
            **reading.reference_values(reference, record_id),
            "notice_version": notice_version,
            "notice_read_at": moments.format_utc(notice_read_at),
            "assistance": assistance,
            "if_unsent": if_unsent,
            "language": language,
            "created_at": moments.format_utc(now),
        }
        url = self._claim_url(
            RegistrationFields.kind, record_id, None, now + REGISTRATION_CLAIM_VALID, reference, language
        )
        store.write(RegistrationFields.kind, record_id, values, sealed=sealed)
        return PreparedView(record_id, reference.shown, url, now)

    def registration(self, record_id: str) -> RegistrationView | None:
        """The state of a prepared registration, or ``None`` when it is not here."""
        fields = self._terminal.store.get(RegistrationFields.kind, record_id)
        return reading.registration_view(record_id, fields) if isinstance(fields, RegistrationFields) else None

    def take_back(self, kind: str, record_id: str) -> None:
        """Destroys what a visitor typed for a registration or a booking, here and at the hub; it cannot be undone.

        Raises InvalidInput when it cannot be taken back any more.
        """
        self._terminal.store.take_back(kind, record_id)

    def find(self, typed: str) -> FoundView:
        """What a slip opens, by its reference as typed or by the text of its QR, whatever terminal of the site made it.

        On line the hub may be asked: seconds. Raises InvalidInput, UnknownReference or TooManyTries.
        """
        found = self._terminal.open_slip(typed)
        if isinstance(found.fields, RegistrationFields):
            return FoundView(found.kind, found.id, registration=reading.registration_view(found.id, found.fields))
        if isinstance(found.fields, BookingFields):
            return FoundView(found.kind, found.id, booking=self._booking_view(found.id, found.fields))
        raise InvalidInput("Cette borne ne sait pas ouvrir ce code. Demandez à l’accueil.")
