"""The replica's own tables. Nobody outside this room imports them.

They live in their own registry: a record's row is identical on both ends, what differs (outbox,
stamps, checkpoints) is here, and holds plain identifiers, no foreign key to records.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, Table, Text, and_, func, literal_column, or_, select, text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

replica_registry = registry()

WAITING, ACKNOWLEDGED, REJECTED = "waiting", "acknowledged", "rejected"


class ReplicaTable(SQLModel, registry=replica_registry):
    """Base of the replica's own tables."""


class Meta(ReplicaTable, table=True):
    """Single values by name; the names are in ``sync.replica.meta``."""

    __tablename__ = "replica_meta"
    key: str = Field(primary_key=True)
    value: str = Field(sa_type=Text)


class OutboxEntry(ReplicaTable, table=True):
    """One operation of this terminal. ``fields`` is the JSON of its ``sync.fields.Fields``, as it travels.

    ``state`` is that of its own; it is answered as well once ``Answered`` has come past it (``IS_WAITING``).
    ``noted_ms`` is the lived time (``clockwork``) at which it was first seen waiting.
    """

    __tablename__ = "replica_outbox"
    __table_args__ = (
        Index("replica_outbox_record", "kind", "id"),
        Index("replica_outbox_waiting", "incarnation", "seq", sqlite_where=text(f"state = '{WAITING}'")),
        Index("replica_outbox_rejected", "incarnation", "seq", sqlite_where=text(f"state = '{REJECTED}'")),
    )
    incarnation: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    kind: str
    site_id: str
    id: str
    fields: str = Field(sa_type=Text)
    sealed: str | None = Field(default=None, sa_type=Text)
    state: str = WAITING
    code: str | None = None
    message: str | None = None
    written_ms: int = Field(sa_type=BigInteger)
    answered_ms: int | None = Field(default=None, sa_type=BigInteger)
    noted_ms: int | None = Field(default=None, sa_type=BigInteger)


class Answered(ReplicaTable, table=True):
    """The hub has answered every operation of this incarnation up to ``through``, at ``at_ms`` by its clock.

    One row a round, and none of the outbox is touched: to write on each of its encrypted rows took a fifth of a long
    round. The rows below the first operation that is still here go with the others.
    """

    __tablename__ = "replica_answered"
    through: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    at_ms: int = Field(sa_type=BigInteger)


class RecordStamps(ReplicaTable, table=True):
    """The stamp of every field of a record, as ``sync.stamped.text_at_rest``."""

    __tablename__ = "replica_record_stamps"
    kind: str = Field(primary_key=True)
    site_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    stamps: str = Field(sa_type=Text)


class Checkpoint(ReplicaTable, table=True):
    """How far this terminal has read the change feed of one part (a site, or ``*``)."""

    __tablename__ = "replica_checkpoint"
    part: str = Field(primary_key=True)
    n: int = Field(sa_type=BigInteger)


class Conflict(ReplicaTable, table=True):
    """A local value that did not stand. Values are JSON and never personal data."""

    __tablename__ = "replica_conflict"
    kind: str = Field(primary_key=True)
    site_id: str = Field(primary_key=True)
    record_id: str = Field(primary_key=True)
    field: str = Field(primary_key=True)
    lost_stamp: str = Field(primary_key=True)
    lost_value: str = Field(sa_type=Text)
    kept_stamp: str
    kept_value: str = Field(sa_type=Text)
    rule: str
    at_ms: int = Field(sa_type=BigInteger)


class JournalLine(ReplicaTable, table=True):
    """What this terminal destroyed or set aside by rule or by a named person: ``what`` is a code, never a value.

    ``at_ms`` is certain time; ``who`` the person, ``None`` for a rule.
    """

    __tablename__ = "replica_journal"
    what: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    site_id: str = Field(primary_key=True)
    record_id: str = Field(primary_key=True)
    at_ms: int = Field(sa_type=BigInteger)
    who: str | None = None


class ReferenceTry(ReplicaTable, table=True):
    """One wrong reference that was typed: when, never what."""

    __tablename__ = "replica_reference_try"
    n: int = Field(primary_key=True)
    at_ms: int = Field(sa_type=BigInteger)


class Hold(ReplicaTable, table=True):
    """A place kept for the person at the screen, durable before it is shown. ``visit`` is a random word, no person."""

    __tablename__ = "replica_hold"
    grant_id: str = Field(primary_key=True)
    slot_id: str
    spend_no: int
    visit: str
    until_ms: int = Field(sa_type=BigInteger)


class Opinion(ReplicaTable, table=True):
    """How many visits of a day (of the site) ended with each answer, by journey. No visit and no moment.

    It becomes a record once the day is over (``sync.replica.opinions``).
    """

    __tablename__ = "replica_opinion"
    day: str = Field(primary_key=True)
    journey: str = Field(primary_key=True)
    good: int = 0
    fair: int = 0
    poor: int = 0


_tables = replica_registry.metadata.tables
META: Table = _tables["replica_meta"]
OUTBOX: Table = _tables["replica_outbox"]
ANSWERED: Table = _tables["replica_answered"]
_PRESENT = select(META.c.value).where(META.c.key == "incarnation").scalar_subquery()
_HERE = OUTBOX.c.incarnation == func.coalesce(_PRESENT, "")
_THROUGH = select(func.coalesce(func.max(ANSWERED.c.through), 0)).scalar_subquery()
_UNSAID = OUTBOX.c.state == literal_column(f"'{WAITING}'")
"""As a literal: SQLite uses an index of these for nothing else."""
IS_WAITING = and_(_UNSAID, _HERE, OUTBOX.c.seq > _THROUGH)
"""The hub has not answered it."""
IS_ACKNOWLEDGED = or_(OUTBOX.c.state == ACKNOWLEDGED, and_(_UNSAID, _HERE, OUTBOX.c.seq <= _THROUGH))
"""It has, and did not reject it."""
IS_REJECTED = OUTBOX.c.state == literal_column(f"'{REJECTED}'")
STAMPS: Table = _tables["replica_record_stamps"]
CHECKPOINTS: Table = _tables["replica_checkpoint"]
CONFLICTS: Table = _tables["replica_conflict"]
JOURNAL: Table = _tables["replica_journal"]
TRIES: Table = _tables["replica_reference_try"]
HOLDS: Table = _tables["replica_hold"]
OPINIONS: Table = _tables["replica_opinion"]
