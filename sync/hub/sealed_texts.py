"""What a visitor typed is destroyed at the hub as soon as they take it back, and never kept again."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from sync.hub.database import table_of
from sync.hub.tables import Fingerprint, SealedText
from sync.promise import CANCELLED
from sync.records import registration

TAKEN_BACK_STATES: Mapping[str, frozenset[str]] = {
    "booking": frozenset({CANCELLED}),
    "registration": frozenset({registration.TAKEN_BACK}),
}
"""The states in which the sealed text is destroyed at once."""
ENDED_STATES: Mapping[str, frozenset[str]] = {
    **TAKEN_BACK_STATES,
    "registration": frozenset({registration.TAKEN_BACK, registration.CLOSED}),
}
"""The states in which a sealed text is not taken any more, whoever sends it, and however often."""
IDS_PER_STATEMENT_MAX = 500


def destroy(connection: Connection, site_id: str, keys: Collection[tuple[str, str]]) -> int:
    """Destroys the sealed texts of some records of a site, and the fingerprints made of them.

    Args:
        connection: of the writing transaction that ended the records.
        site_id: their site.
        keys: kind and id of each.

    Returns:
        How many sealed texts there were.
    """
    destroyed = 0
    for kind in sorted({kind for kind, _ in keys}):
        ids = sorted(record_id for of, record_id in keys if of == kind)
        for at in range(0, len(ids), IDS_PER_STATEMENT_MAX):
            some = ids[at : at + IDS_PER_STATEMENT_MAX]
            for model in (SealedText, Fingerprint):
                table = table_of(model)
                where = (table.c.site_id == site_id) & (table.c.kind == kind) & table.c.id.in_(some)
                removed = connection.execute(table.delete().where(where)).rowcount
                destroyed += removed if model is SealedText else 0
    return destroyed
