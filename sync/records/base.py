"""What every record has, on both ends.

A record kind is two classes: ``XFields``, validated, never a table; and ``X``, the table row.
What travels is neither: it is ``wire.Operation`` (SQLModel does not validate a table class that is
built from JSON). Every field carries its merge policy beside it, as ``Annotated[type, Policy.…]``.
Times are texts, UTC, ``2026-11-24T08:00:00Z``; the zone of display is the site's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Annotated, Any, ClassVar, cast

from pydantic import BaseModel, ConfigDict, StringConstraints, create_model
from pydantic import Field as PlainField
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel
from sqlmodel._compat import SQLModelConfig

from sync.change import Value
from sync.merge import Policy, Transitions

UTC_PATTERN = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$"
ID_PATTERN = r"^[0-9a-z][0-9a-z-]{2,63}$"


WRITABLE_PATTERN = r"^[^\x00-\x09\x0b-\x1f]*$"
"""No control character but the end of a line. A pattern: asking letter by letter in Python took a quarter of a push."""

UtcTime = Annotated[str, StringConstraints(pattern=UTC_PATTERN)]
Line = Annotated[str, StringConstraints(max_length=200, pattern=WRITABLE_PATTERN)]
Paragraph = Annotated[str, StringConstraints(max_length=2000, pattern=WRITABLE_PATTERN)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]

record_registry = registry()
RULES: ConfigDict = {"extra": "forbid", "strict": True, "hide_input_in_errors": True}


class RecordFields(SQLModel):
    """The validated fields of a record. ``gone`` is its tombstone."""

    model_config = cast("SQLModelConfig", RULES)

    kind: ClassVar[str] = ""
    transitions: ClassVar[Mapping[str, Transitions]] = {}
    terminal_may_write: ClassVar[frozenset[str]] = frozenset()
    seals: ClassVar[bool] = False

    gone: Annotated[bool, Policy.LATEST] = False

    @classmethod
    @cache
    def policy(cls, field: str) -> Policy:
        """Returns the merge policy declared beside ``field``. Raises KeyError for an unknown one."""
        for mark in cls.model_fields[field].metadata:
            if isinstance(mark, Policy):
                return mark
        raise KeyError(field)

    @classmethod
    def whole(cls, values: Mapping[str, Value], *, writable: bool = False) -> dict[str, Value]:
        """Every field of a record, checked, those that ``values`` does not name at their defaults.

        It is ``model_validate(values).values()`` without what SQLModel adds for tables.

        Args:
            values: by field.
            writable: it is known that no text among them has a control character, so that none is looked for.

        Raises:
            pydantic.ValidationError: a field is unknown, missing or not permitted.
        """
        checked: dict[str, Value] = cls._check(writable=writable)(values).__dict__
        return checked

    @classmethod
    @cache
    def _check(cls, *, writable: bool) -> Callable[[Mapping[str, Value]], Any]:
        return cls._plain(writable=writable).__pydantic_validator__.validate_python

    @classmethod
    @cache
    def _plain(cls, *, writable: bool) -> type[BaseModel]:
        """The same fields, rules and name in a model that is never a table: three times as fast to check."""
        fields: dict[str, Any] = {}
        for name, info in cls.model_fields.items():
            made = info.default_factory
            default = info.default if made is None else PlainField(default_factory=made)
            rules = [_without_pattern(rule) for rule in info.metadata] if writable else info.metadata
            fields[name] = (Annotated[info.annotation, *rules, name], default)  # a name: there may be no rule
        return create_model(cls.__name__, __config__=RULES, **fields)

    def values(self) -> dict[str, Value]:
        """Every field and its value, as they travel."""
        return self.model_dump()


def _without_pattern(rule: Any) -> Any:
    """The same rule of a field, which looks for no control character."""
    if isinstance(rule, StringConstraints) and rule.pattern == WRITABLE_PATTERN:
        return replace(rule, pattern=None)
    return rule


class RecordTable(SQLModel, registry=record_registry):
    """The key of a record: the site, then an identifier made where the record was born."""

    site_id: str = Field(primary_key=True, max_length=64)
    id: str = Field(primary_key=True, max_length=64)


def row_values(row: Any, fields: type[RecordFields]) -> dict[str, Value]:
    """Returns the record fields of a row (mapping or table object), without its key."""
    if isinstance(row, Mapping):
        return {name: row[name] for name in fields.model_fields}
    return {name: getattr(row, name) for name in fields.model_fields}
