"""One thing that a person must settle, with the acts that settle it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from sync.change import Value
from sync.hub import rows
from sync.hub.standing import Standing, load
from sync.hub.todo_words import Words

Act = Callable[[Connection, int, str], None]
"""Does what a choice says: the writing transaction, milliseconds since 1970, who chose."""

DAY_MS = 86_400_000
PAST_MS = 7 * DAY_MS
"""A week after its slot nobody can do anything about an appointment any more."""
URGENT_MS = 2 * DAY_MS


def nothing(_connection: Connection, _now_ms: int, _who: str) -> None:
    """The act of whoever leaves things as they are."""


@dataclass(frozen=True)
class Matter:
    """One thing to settle.

    Attributes:
        id: stable while the cause lasts: its kind, then the keys of its records, joined by dots.
        kind: ``conflict``, ``tell``, ``overbooked``, ``waiting``, ``redrawn``, ``doubled``, ``frozen``, ``quarantine``,
            ``alike`` or ``due``.
        site_id: the site whose people settle it.
        since_ms: since when, milliseconds since 1970.
        words: in staff words.
        acts: what each choice does, by its code.
        role: the role of whoever settles it.
        due_at: the moment after which it is too late, UTC; ``None`` when there is none.
        records: ids of the bookings or registrations that it is about.
        over: why nobody is needed any more, a code; ``None`` while somebody is.
        close: notes that it is settled, after the act; the act alone when ``None``.
    """

    id: str
    kind: str
    site_id: str
    since_ms: int
    words: Words
    acts: Mapping[str, Act]
    role: str
    due_at: str | None = None
    records: tuple[str, ...] = ()
    over: str | None = None
    close: Act | None = None


@dataclass
class Scene:
    """What a list is made from: one transaction, one moment, one site or all, and what was read so far."""

    connection: Connection
    now_ms: int
    site_id: str | None = None
    _sites: dict[str, Mapping[str, Value]] = field(default_factory=dict)
    _read: dict[tuple[str, str, str], Standing | None] = field(default_factory=dict)

    def zone(self, site_id: str) -> str:
        """The zone of a site, in which its people read hours."""
        return str(self._site(site_id).get("zone", ""))

    def place(self, site_id: str) -> str:
        """The name of a site, as its people call it; its id when it has none."""
        return str(self._site(site_id).get("name") or site_id)

    def wants(self, site_id: str) -> bool:
        """True for the sites that are asked about."""
        return self.site_id in {None, site_id}

    def one(self, kind: str, site_id: str, record_id: object) -> Standing | None:
        """A record as it stands, ``None`` when there is none."""
        key = (kind, site_id, str(record_id))
        if key in self._read:
            return self._read[key]
        return load(self.connection, kind, site_id, [key[2]]).get(key[2])

    def read_ahead(self, kind: str, site_id: str, record_ids: Iterable[object]) -> list[Standing]:
        """Reads records together, so that ``one`` finds them without a statement each; those that there are."""
        wanted = {str(one) for one in record_ids}
        found = load(self.connection, kind, site_id, wanted)
        self._read.update({(kind, site_id, one): found.get(one) for one in wanted})
        return list(found.values())

    def _site(self, site_id: str) -> Mapping[str, Value]:
        if not self._sites:
            self._sites = {key: fields for key, _, fields in rows.read_all(self.connection, "site")}
        return self._sites.get(site_id, {})
