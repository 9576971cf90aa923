"""Some fields of one record with their stamps, as they travel and as they rest on both ends. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import Raw, Struct
from msgspec.json import Decoder, Encoder

from sync.change import Value
from sync.clock import STAMP_PATTERN
from sync.message import FIELD_PATTERN, Message, Stamp

_NAME, _STAMP = (re.compile(pattern + r"\Z") for pattern in (FIELD_PATTERN, STAMP_PATTERN))
NAMES_SEEN_MAX = 4096


class FieldChange(Message, frozen=True, kw_only=True, gc=False):
    """One field of one operation: value, stamp, and the stamp its author saw."""

    value: Value
    stamp: Stamp
    base: Stamp | None = None


class FeedField(Message, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The value and stamp of one field in the change feed.

    ``over`` is the stamp of the value that this one replaced without its author having seen it: the terminal that wrote
    that value notes the loss in its own journal. It is left out where nothing was lost.
    """

    value: Value
    stamp: Stamp
    over: Stamp | None = None


class Fields(Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """Some fields of one record, as they travel: ``[stamp, values]`` or ``[stamp, values, before]``.

    What is written at once is stamped once, so a stamp is said once, as a rule; by field where they differ.

    Attributes:
        stamp: of all of them, or by field.
        values: by field.
        before: of an operation the stamps that its author saw, of an entry of the feed those of the values that were
            replaced unseen: one for all fields, by field where there is one, or none.
    """

    stamp: str | dict[str, str]
    values: dict[str, Value]
    before: str | dict[str, str] | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for a name or a stamp that is none, and for stamps of other fields than these.

        Patterns are looked at here: where a text that has one may also be a dict, the decoder of msgspec 0.22 brings
        the interpreter down at its end.
        """
        names = tuple(self.values)
        if names not in _NAMES_SEEN:
            _check_names(names)
        if self.before is None and names and isinstance(self.stamp, str) and _STAMP.match(self.stamp):
            return  # as a rule
        stamped = self.values if isinstance(self.stamp, str) else self.stamp
        if stamped.keys() != self.values.keys() or (not self.values and isinstance(self.stamp, str)):
            raise ValueError("stamps of other fields")
        if isinstance(self.before, dict) and not self.before.keys() <= self.values.keys():
            raise ValueError("stamps of other fields")
        if not all(map(_STAMP.match, self._every_stamp())):
            raise ValueError("not a stamp")

    def _every_stamp(self) -> Iterator[str]:
        yield from self.stamps
        if self.before is not None:
            yield from (self.before,) if isinstance(self.before, str) else self.before.values()

    @classmethod
    def of(cls, values: dict[str, Value], stamps: Mapping[str, str], before: Mapping[str, str | None]) -> Fields:
        """The shortest way to say them; ``before`` may name fewer fields."""
        known = {name: stamp for name, stamp in before.items() if stamp is not None}
        return cls(_once(dict(stamps), len(values)) or dict(stamps), values, _once(known, len(values)) or known or None)

    @classmethod
    def of_changes(cls, changes: Mapping[str, FieldChange]) -> Fields:
        """The fields of an operation."""
        values = {name: change.value for name, change in changes.items()}
        stamps = {name: change.stamp for name, change in changes.items()}
        return cls.of(values, stamps, {name: change.base for name, change in changes.items()})

    @property
    def one_stamp(self) -> str | None:
        """The stamp of all of them, ``None`` where they have several or there is no field."""
        return self.stamp if isinstance(self.stamp, str) else None

    @property
    def stamps(self) -> Collection[str]:
        """The different stamps."""
        return (self.stamp,) if isinstance(self.stamp, str) else set(self.stamp.values())

    def by_field(self) -> dict[str, str]:
        """The stamp of each field; the caller's own."""
        return dict.fromkeys(self.values, self.stamp) if isinstance(self.stamp, str) else self.stamp.copy()

    def before_by_field(self) -> Mapping[str, str]:
        """``before`` of each field that has one."""
        if isinstance(self.before, str):
            return dict.fromkeys(self.values, self.before)
        return self.before or {}

    def changes(self) -> dict[str, FieldChange]:
        """Those of an operation, one by one."""
        stamps, before = self.by_field(), self.before_by_field()
        return {
            name: FieldChange(value=value, stamp=stamps[name], base=before.get(name))
            for name, value in self.values.items()
        }

    def told(self) -> dict[str, FeedField]:
        """Those of an entry of the feed, one by one."""
        stamps, before = self.by_field(), self.before_by_field()
        return {
            name: FeedField(value=value, stamp=stamps[name], over=before.get(name))
            for name, value in self.values.items()
        }

    def to_text(self) -> str:
        """Their JSON, as it travels."""
        return _ENCODER.encode(self).decode()


_NAMES_SEEN: set[tuple[str, ...]] = set()
"""Those that were looked at: records of a kind have the same ones, and a pattern costs more than all else."""


def _check_names(names: tuple[str, ...]) -> None:
    if not all(map(_NAME.match, names)):
        raise ValueError("not the name of a field")
    if len(_NAMES_SEEN) >= NAMES_SEEN_MAX:
        _NAMES_SEEN.clear()
    _NAMES_SEEN.add(names)


def _once(stamps: Mapping[str, str], fields: int) -> str | None:
    """The stamp of all these fields, where it is one."""
    different = set(stamps.values())
    return different.pop() if len(different) == 1 and len(stamps) == fields else None


def stamps_of(many: Iterable[Fields]) -> set[str]:
    """The different stamps of them all."""
    found: set[str] = set()
    for one in many:
        if isinstance(one.stamp, str):
            found.add(one.stamp)
        else:
            found.update(one.stamps)
    return found


_ENCODER, _DECODER = Encoder(), Decoder(Fields)


def read_fields(text: str | bytes | Raw) -> Fields:
    """The inverse of ``Fields.to_text``. Raises ValueError."""
    return _DECODER.decode(text)
