"""The replica's single values by name: position, time, identity. One row each, read and written in
the caller's transaction, so that several programs may use one home."""

from __future__ import annotations

from sqlalchemy import Connection

from sync.replica.database import driver_of

IDENTITY = "identity"
PENDING_IDENTITY = "pending_identity"
SEALING = "sealing"
INCARNATION = "incarnation"
NEXT_SEQ = "next_seq"
COUNTER = "request_counter"
NEXT_REFERENCE = "next_reference"
GENERATION = "generation"
CLOCK = "clock"
TIME_OFFSET_MS = "time_offset_ms"
TIME_FLOOR_MS = "time_floor_ms"
TIME_DRIFT_MS = "time_drift_ms"
PROGRESS = "certain_progress"
REFILLING = "refilling"
DIGEST_MISMATCHES = "digest_mismatches"
DIGEST_STREAK = "digest_streak"
DIGEST_AGREED = "digest_agreed"
REPAIRED = "records_repaired"
UNREADABLE = "unreadable_entries"
REDRAWS = "incarnation_redraws"
LOCKED_UNTIL_MS = "reference_locked_until_ms"
LAST_CONTACT_MS = "last_contact_ms"
OFFLINE_SINCE_MS = "offline_since_ms"
ONLINE = "online"
LAST_CODE = "last_refusal_code"
LAST_MESSAGE = "last_refusal_message"
RECORD_SHAPE = "record_shape"
TAKES = "takes"
LIFE = "life"
RESTORED = "restored"
TESTIMONY = "confirmed_before"
TAKEN_BACK = "taken_back_before"
HARDWARE = "hardware"
PUBLIC_URL = "public_url"
PUBLIC_URL_DAY = "public_url_day"
STICK_KEY = "stick_key"
STICKS = "sticks_under_way"
UNSURE = "unsure"
"""A stream of several frames left, and no answer has said how much of it has arrived."""

# Asked of the driver itself: these are by far the most frequent statements of a terminal.
_READ = "SELECT value FROM replica_meta WHERE key = ?"
_REMOVE = "DELETE FROM replica_meta WHERE key = ?"
_WRITE = "INSERT INTO replica_meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"


def read(connection: Connection, name: str) -> str | None:
    """The value of ``name``, or ``None``."""
    found = driver_of(connection).execute(_READ, (name,)).fetchone()
    return None if found is None else str(found[0])


def read_int(connection: Connection, name: str, default: int = 0) -> int:
    """The value of ``name`` as a number."""
    value = read(connection, name)
    return default if value is None else int(value)


def read_optional_int(connection: Connection, name: str) -> int | None:
    """The value of ``name`` as a number, or ``None``."""
    value = read(connection, name)
    return None if value is None else int(value)


def write(connection: Connection, name: str, value: str | int | None) -> None:
    """Sets ``name``; ``None`` removes it."""
    if value is None:
        driver_of(connection).execute(_REMOVE, (name,))
    else:
        driver_of(connection).execute(_WRITE, (name, str(value)))


def bump(connection: Connection, name: str, by: int = 1) -> int:
    """Adds to a number and returns the new one."""
    value = read_int(connection, name) + by
    write(connection, name, value)
    return value
