"""The work list of prepared registrations: received, forwarded, to complete, closed.

No state here means « inscrit »: France Travail alone registers. What the person typed stays in the
vault; this file reads and writes states only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from sync.change import Value
from sync.claim import read_reference, reference_matches
from sync.errors import InvalidInput, Refused
from sync.hub import accounts, rows
from sync.hub.gateway import InscriptionGateway, Outcome
from sync.records import record_registry
from sync.records.registration import STATES

REGISTRATIONS = record_registry.metadata.tables["registration"]
BOOKINGS = record_registry.metadata.tables["booking"]


@dataclass(frozen=True)
class Prepared:
    """One line of the work list; nothing personal."""

    site_id: str
    id: str
    state: str
    assistance: str
    language: str
    created_at: str
    received_at: str | None
    to_complete: tuple[str, ...]


@dataclass(frozen=True)
class FoundRecord:
    """What a reference or an identifier leads to: ``registration`` or ``booking``, and its state."""

    kind: str
    site_id: str
    id: str
    state: str


def list_registrations(
    connection: Connection, *, site_id: str | None = None, states: Sequence[str] = ()
) -> list[Prepared]:
    """The work list, oldest first; limited to a site and to some states when given."""
    table = REGISTRATIONS
    query = select(table).where(~table.c.gone).order_by(table.c.created_at, table.c.id)
    if site_id is not None:
        query = query.where(table.c.site_id == site_id)
    if states:
        query = query.where(table.c.state.in_(states))
    return [_prepared(row) for row in connection.execute(query).mappings()]


def find(connection: Connection, typed: str) -> FoundRecord:
    """Finds a registration or a booking by the slip's reference, or by its identifier.

    A reference leads to its terminal and number in clear; the slow hash beside the record then
    tells whether it is the real one, so that nobody walks through the numbers.

    Raises:
        InvalidInput: it cannot be a reference, or nothing here bears it.
    """
    by_id = find_by_id(connection, typed.strip())
    if by_id is not None:
        return by_id
    reference = read_reference(typed)
    if reference is None:
        raise InvalidInput("Cette référence contient une erreur : relisez les dix caractères du ticket.")
    for kind, table in (("registration", REGISTRATIONS), ("booking", BOOKINGS)):
        query = select(table.c.site_id, table.c.id, table.c.state, table.c.reference_hash).where(
            (table.c.terminal_no == reference.terminal_no) & (table.c.reference_no == reference.index)
        )
        for row in connection.execute(query):
            if reference_matches(reference, row.id, row.reference_hash):
                return FoundRecord(kind, row.site_id, row.id, row.state)
    raise InvalidInput(
        "Aucune préparation reçue ne porte cette référence : elle attend peut-être encore dans la borne."
    )


def find_by_id(connection: Connection, record_id: str) -> FoundRecord | None:
    """The registration or the booking with this identifier, ``None`` when there is none."""
    for kind, table in (("registration", REGISTRATIONS), ("booking", BOOKINGS)):
        query = select(table.c.site_id, table.c.id, table.c.state).where(table.c.id == record_id)
        row = connection.execute(query).first()
        if row is not None:
            return FoundRecord(kind, row.site_id, row.id, row.state)
    return None


def find_kind(connection: Connection, typed: str, kind: str) -> FoundRecord:
    """As ``find``, for a ``registration`` or a ``booking`` only. Raises InvalidInput."""
    found = find(connection, typed)
    if found.kind != kind:
        what = "d’un rendez-vous" if found.kind == "booking" else "d’une préparation d’inscription"
        raise InvalidInput(f"Cette référence est celle {what} : utilisez la commande « hub {found.kind} ».")
    return found


def note_outcome(
    connection: Connection,
    now_ms: int,
    gateway: InscriptionGateway,
    site_id: str,
    record_id: str,
    outcome: Outcome,
    who: str,
) -> set[str]:
    """Notes what became of a preparation; terminals learn it at their next round.

    Args:
        connection: a writing transaction.
        now_ms: milliseconds since 1970.
        gateway: the way it was forwarded.
        site_id: its site.
        record_id: its identifier.
        outcome: the new state, and what is missing.
        who: a named person with the role ``instruction``.

    Returns:
        The fields that changed.

    Raises:
        InvalidInput: unknown record, or an outcome the gateway cannot have.
        Refused: no such role, or the present state cannot be followed by this one (``transition``).
    """
    accounts.require(connection, who, accounts.INSTRUCTION)
    gateway.check(outcome)
    table = REGISTRATIONS
    where = (table.c.site_id == site_id) & (table.c.id == record_id)
    row = connection.execute(select(table).where(where)).mappings().first()
    if row is None:
        raise InvalidInput("Aucune préparation n’a cet identifiant : voyez « point-contact hub registration list ».")
    if outcome.state != row["state"] and outcome.state not in STATES.get(row["state"], ()):
        raise Refused(
            "transition",
            f"Une préparation « {row['state']} » ne peut pas devenir « {outcome.state} » : vérifiez la référence.",
        )
    values: dict[str, Value] = {"state": outcome.state, "to_complete": sorted(outcome.to_complete)}
    changed = rows.write_as_hub(connection, now_ms, "registration", site_id, record_id, values)
    detail = ",".join([gateway.name, outcome.state, *sorted(outcome.to_complete)])
    accounts.audit(connection, now_ms, who, "registration.set", f"registration/{site_id}/{record_id}", detail)
    return changed


def _prepared(row: Any) -> Prepared:
    return Prepared(
        site_id=row["site_id"],
        id=row["id"],
        state=row["state"],
        assistance=row["assistance"],
        language=row["language"],
        created_at=row["created_at"],
        received_at=row["received_at"],
        to_complete=tuple(row["to_complete"] or ()),
    )
