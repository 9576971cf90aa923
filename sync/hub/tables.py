"""The hub's own tables. No foreign key to records: those live in another registry (one per end).

Rules that keep PostgreSQL and distributed engines open (docs/decisions): no sequences, no triggers,
keys made by the program, one site per transaction, JSON kept as text.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

hub_registry = registry()


class HubTable(SQLModel, registry=hub_registry):
    """Base of the hub's own tables."""


class Meta(HubTable, table=True):
    """Single values: ``generation``, ``clock/<site>`` (newest stamp), ``demonstration``."""

    __tablename__ = "hub_meta"
    key: str = Field(primary_key=True)
    value: str


class Lock(HubTable, table=True):
    """What writers lock on an engine where several write at once: the row of a site, or all of them in order."""

    __tablename__ = "hub_lock"
    no: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})


class FeedHead(HubTable, table=True):
    """The change feed's counter of one part (a site, or ``*``), bumped last in a transaction.

    ``floor`` is the highest number of a tombstone that was collected: whoever stands below it, and not at the
    beginning, may hold what was destroyed, and reads everything again.
    """

    __tablename__ = "hub_feed_head"
    part: str = Field(primary_key=True)
    n: int = Field(sa_type=BigInteger)
    floor: int = Field(default=0, sa_type=BigInteger)


class Feed(HubTable, table=True):
    """The change feed. ``fields`` is their JSON as it travels (``sync.fields``); ``origin`` is the
    ``terminal_id/incarnation`` that already holds these values, empty for the hub."""

    __tablename__ = "hub_feed"
    part: str = Field(primary_key=True)
    n: int = Field(primary_key=True, sa_type=BigInteger)
    kind: str
    site_id: str
    id: str
    fields: str = Field(sa_type=Text)
    origin: str = ""


class Tombstone(HubTable, table=True):
    """A record that was destroyed at the end of its time, until every terminal of its site has heard so.

    ``n`` is the number of its feed entry, which has no field.
    """

    __tablename__ = "hub_tombstone"
    site_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    n: int = Field(sa_type=BigInteger)
    at_ms: int = Field(sa_type=BigInteger)


class RecordStamps(HubTable, table=True):
    """The stamp of every field of a record, as ``stamped.text_at_rest`` writes them, and its mark (``sync.digest``)."""

    __tablename__ = "hub_record_stamps"
    site_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    stamps: str = Field(sa_type=Text)
    mark: int = Field(sa_type=BigInteger)


class Terminal(HubTable, table=True):
    """An enrolled terminal. ``counter`` is the highest request counter seen: replay is refused by it.

    ``reported_generation`` is the newest generation in which it has told everything it holds; while one terminal
    of a site has not, the hub gives none of that site's places away.
    """

    __tablename__ = "hub_terminal"
    terminal_id: str = Field(primary_key=True)
    terminal_no: int = Field(unique=True)
    site_id: str = Field(index=True)
    functions: str
    public_key: str
    certificate: str = Field(sa_type=Text)
    counter: int = Field(default=0, sa_type=BigInteger)
    enrolled_ms: int = Field(sa_type=BigInteger)
    last_seen_ms: int | None = Field(default=None, sa_type=BigInteger)
    drift_ms: int | None = Field(default=None, sa_type=BigInteger)
    revoked_ms: int | None = Field(default=None, sa_type=BigInteger)
    revoked_by: str | None = None
    reported_generation: str | None = None
    heard_through: int = Field(default=0, sa_type=BigInteger)
    """The feed number of its site up to which it said it holds everything: tombstones before it may be collected."""
    incarnation: str | None = None
    """The incarnation with which it last spoke; ``None`` before its first round."""
    whole_through: int = Field(default=0, sa_type=BigInteger)
    """While it reads the feed of its site from the beginning, page by page: the number through which nothing is left
    out of what it wrote itself. 0 otherwise."""


class Position(HubTable, table=True):
    """How far the hub is with one incarnation of one terminal's outbox."""

    __tablename__ = "hub_position"
    terminal_id: str = Field(primary_key=True)
    incarnation: str = Field(primary_key=True)
    applied_through: int = Field(default=0, sa_type=BigInteger)
    durable_through: int = Field(default=0, sa_type=BigInteger)


class StoredReceipt(HubTable, table=True):
    """The receipt of one operation, kept so that a resend gets the same answer.

    Only those that say more than that it was applied. ``said`` is what earlier versions of the hub kept here; it is in
    its run now.
    """

    __tablename__ = "hub_receipt"
    terminal_id: str = Field(primary_key=True)
    incarnation: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    outcome: str
    code: str | None = None
    message: str | None = None
    lost: str = "[]"
    said: str = ""


class ReceiptRun(HubTable, table=True):
    """What the operations of one push said, whose numbers follow each other (``sync.hub.receipts``).

    ``said`` is 36 letters an operation, a hash of its values and its stamp: a resend that says something else (a
    disk put back) is told so, and one that was only stamped anew is judged again.
    """

    __tablename__ = "hub_receipt_run"
    terminal_id: str = Field(primary_key=True)
    incarnation: str = Field(primary_key=True)
    first_seq: int = Field(primary_key=True, sa_type=BigInteger)
    last_seq: int = Field(sa_type=BigInteger)
    said: str = Field(sa_type=Text)


class SealedText(HubTable, table=True):
    """What a visitor typed, sealed; opened by the vault only."""

    __tablename__ = "hub_sealed"
    site_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    key_id: str
    sealed: str = Field(sa_type=Text)
    received_ms: int = Field(sa_type=BigInteger)


class Conflict(HubTable, table=True):
    """The conflict journal: both values, who, when, which rule. Values are never personal data."""

    __tablename__ = "hub_conflict"
    id: str = Field(primary_key=True)
    site_id: str = Field(index=True)
    kind: str
    record_id: str
    field: str
    kept_value: str = Field(sa_type=Text)
    kept_stamp: str
    lost_value: str = Field(sa_type=Text)
    lost_stamp: str
    lost_by: str
    rule: str
    needs_person: bool
    at_ms: int = Field(sa_type=BigInteger)
    settled_ms: int | None = Field(default=None, sa_type=BigInteger)
    settled_by: str | None = None


class Invited(HubTable, table=True):
    """An enrolment invitation: only the slow verifier of its secret is stored."""

    __tablename__ = "hub_invitation"
    number: int = Field(primary_key=True)
    site_id: str
    functions: str
    verifier: str
    expires_ms: int = Field(sa_type=BigInteger)
    tries_left: int
    used_ms: int | None = Field(default=None, sa_type=BigInteger)
    invited_by: str


class Account(HubTable, table=True):
    """A named person and their roles (comma separated)."""

    __tablename__ = "hub_account"
    name: str = Field(primary_key=True)
    roles: str
    created_ms: int = Field(sa_type=BigInteger)
    disabled_ms: int | None = Field(default=None, sa_type=BigInteger)
    token_hash: str | None = None
    """SHA-256 of the token with which this person uses the API; the token itself is shown once."""


class Audit(HubTable, table=True):
    """The journal of what named persons did, each line chained to the one before by a hash."""

    __tablename__ = "hub_audit"
    n: int = Field(primary_key=True, sa_type=BigInteger)
    at_ms: int = Field(sa_type=BigInteger)
    who: str
    action: str
    subject: str
    detail: str = Field(sa_type=Text)
    hash: str


class Room(HubTable, table=True):
    """The address of a slot's video appointment, encrypted (``sync.hub.rooms``)."""

    __tablename__ = "hub_room"
    site_id: str = Field(primary_key=True)
    slot_id: str = Field(primary_key=True)
    sealed: bytes


class Fingerprint(HubTable, table=True):
    """Keyed HMAC of the normalised name and birth date of an opened registration: finds duplicates.

    Written by the vault when a person opens the sealed text; useless without the fingerprint key.
    """

    __tablename__ = "hub_fingerprint"
    site_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    value: str = Field(index=True)


class Early(HubTable, table=True):
    """A change of a record that the hub does not know yet: it waits for the operation that makes the record.

    So a terminal may cancel another one's booking before a restored hub hears of that booking again.
    """

    __tablename__ = "hub_early"
    site_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    field: str = Field(primary_key=True)
    stamp: str = Field(primary_key=True)
    value: str = Field(sa_type=Text)
    base: str | None = None
    terminal_id: str
    at_ms: int = Field(sa_type=BigInteger)


class Quarantine(HubTable, table=True):
    """Operations of a revoked terminal: kept apart, signed and genuine, until a named person takes or drops them.

    ``operation`` is its JSON, emptied once it is settled: it may hold a sealed text.
    """

    __tablename__ = "hub_quarantine"
    terminal_id: str = Field(primary_key=True)
    incarnation: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    site_id: str = ""
    kind: str = ""
    record_id: str = Field(default="", index=True)
    operation: str = Field(sa_type=Text)
    received_ms: int = Field(sa_type=BigInteger)
    settled_ms: int | None = Field(default=None, sa_type=BigInteger)
    settled_by: str | None = None
    taken: bool | None = None


class Redrawn(HubTable, table=True):
    """A terminal that came back with a new incarnation: its disk was put back or copied.

    ``at_risk`` is JSON, the ids of the bookings that may have been promised twice (``sync.hub.redrawn``).
    """

    __tablename__ = "hub_redrawn"
    terminal_id: str = Field(primary_key=True)
    incarnation: str = Field(primary_key=True)
    site_id: str = Field(index=True)
    at_ms: int = Field(sa_type=BigInteger)
    at_risk: str = Field(sa_type=Text)
    settled_ms: int | None = Field(default=None, sa_type=BigInteger)
    settled_by: str | None = None


class Alike(HubTable, table=True):
    """Two registrations with one fingerprint: the same person twice, or not. Only a named person says so."""

    __tablename__ = "hub_alike"
    one: str = Field(primary_key=True)
    other: str = Field(primary_key=True)
    site_id: str = Field(index=True)
    other_site_id: str
    at_ms: int = Field(sa_type=BigInteger)
    same: bool | None = None
    settled_ms: int | None = Field(default=None, sa_type=BigInteger)
    settled_by: str | None = None
