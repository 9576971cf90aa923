"""A record is checked by a plain model on the way of every push: it must judge as the record's own class does."""

from __future__ import annotations

import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from sync.change import Value
from sync.records import FIELDS

TEXTS = st.sampled_from(
    ["", "a", "edo", "two words", "2026-11-24T08:00:00Z", "2026-11-24", "x" * 201, "y" * 2001, "line\nline", "bell\a"]
)
VALUES = st.none() | st.booleans() | st.integers(-2, 70_000) | TEXTS | st.lists(TEXTS, max_size=4)


@st.composite
def written(draw: st.DrawFn) -> tuple[str, dict[str, Value]]:
    """A kind, and values for some of its fields: most of them near to what is permitted."""
    kind = draw(st.sampled_from(sorted(FIELDS)))
    names = st.sampled_from([*FIELDS[kind].model_fields, "unknown"])
    values: dict[str, Value] = {}
    for name, field in FIELDS[kind].model_fields.items():
        if field.is_required():
            values[name] = draw(st.sampled_from(["edo", "2026-11-24T08:00:00Z", 1]))
    return kind, {**values, **draw(st.dictionaries(names, VALUES, max_size=3))}


def judged(kind: str, values: dict[str, Value], *, plain: bool, writable: bool = False) -> object:
    """The whole record, or the names of the fields that are refused."""
    try:
        if plain:
            return FIELDS[kind].whole(values, writable=writable)
        return FIELDS[kind].model_validate(values).values()
    except ValidationError as error:
        return {(str(one["loc"]), one["type"]) for one in error.errors(include_input=False, include_url=False)}


@given(written())
def test_both_models_of_a_record_judge_alike(one: tuple[str, dict[str, Value]]) -> None:
    assert judged(*one, plain=True) == judged(*one, plain=False)


@given(written())
def test_where_no_text_has_a_control_character_nothing_is_lost_by_not_looking_for_one(
    one: tuple[str, dict[str, Value]],
) -> None:
    assume("\\" not in json.dumps(one[1]))
    assert judged(*one, plain=True, writable=True) == judged(*one, plain=True)


@pytest.mark.parametrize("kind", sorted(FIELDS))
def test_the_plain_model_has_every_rule_of_the_record(kind: str) -> None:
    plain = FIELDS[kind]._plain(writable=False).model_fields
    assert list(plain) == list(FIELDS[kind].model_fields)
    for name, field in FIELDS[kind].model_fields.items():
        assert plain[name].is_required() == field.is_required()
        assert [str(rule) for rule in field.metadata if str(rule) not in map(str, plain[name].metadata)] == []


def test_what_is_unset_is_of_this_record_alone() -> None:
    made = {"state": "requested", "slot_id": "s", "reason": "edo", "terminal_no": 1, "reference_no": 1,
            "reference_hash": "x", "created_at": "2026-11-24T08:00:00Z"}  # fmt: skip
    one, other = FIELDS["booking"].whole(made), FIELDS["booking"].whole(made)
    assert one == other
    assert one["wishes"] is not other["wishes"]


@given(st.text(st.characters(max_codepoint=0x2100, exclude_categories=("Cs",)), max_size=20))
def test_a_line_is_anything_without_control_characters(text: str) -> None:
    permitted = all(ord(letter) >= 32 or letter == "\n" for letter in text)
    assert is_permitted("site", {"name": text}) is permitted


def is_permitted(kind: str, values: dict[str, Value]) -> bool:
    try:
        FIELDS[kind].whole(values)
    except ValidationError:
        return False
    return True
