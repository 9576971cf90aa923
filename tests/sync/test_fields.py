"""Fields with their stamps: said the shortest way, read back exactly, and nothing else is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.fields import FieldChange, Fields, read_fields

STAMPS = st.sampled_from([f"{n:020x}" for n in range(3)])
NAMES = st.from_regex(r"\A[a-z_]{1,10}\Z")
VALUES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20) | st.lists(st.text(max_size=9))
CHANGES = st.dictionaries(NAMES, st.builds(FieldChange, value=VALUES, stamp=STAMPS, base=st.none() | STAMPS))


@given(CHANGES)
def test_fields_are_read_back_exactly_and_a_stamp_is_said_once_where_it_is_one(changes: dict[str, FieldChange]) -> None:
    said = Fields.of_changes(changes)
    assert read_fields(said.to_text()) == said
    assert said.changes() == changes
    stamps = {change.stamp for change in changes.values()}
    assert set(said.stamps) == stamps
    assert said.one_stamp == (stamps.pop() if len(stamps) == 1 else None)
    assert {name: one.over for name, one in said.told().items()} == {name: one.base for name, one in changes.items()}


@pytest.mark.parametrize(
    "text",
    [
        '["0", {"a": 1}]', f'["{"0" * 20}", {{}}]', f'["{"0" * 20}", {{"Bad-Name": 1}}]', '["", {}]', "[{}]", "{}",
        f'["{"0" * 20}", {{"{"a" * 41}": 1}}]', f'["{"0" * 20}", {{"a\\n": 1}}]', f'["{"0" * 20}", {{"a": 1.5}}]',
        f'[{{"a": "{"0" * 20}"}}, {{"b": 1}}]', f'["{"0" * 20}", {{"a": 1}}, {{"b": "{"0" * 20}"}}]',
        f'["{"0" * 20}", {{"a": 1}}, null, 1]', f'["{"0" * 20}", {{"a": {{}}}}]',
    ],
)  # fmt: skip
def test_what_is_no_fields_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_fields(text)
