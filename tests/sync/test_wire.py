"""The wire: bounded, strict, and silent about what it was given."""

from __future__ import annotations

import os

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import Refused
from sync.fields import FieldChange
from sync.message import BODY_BYTES_MAX, MESSAGE_BYTES_MAX
from sync.wire import FeedEntry, Operation, RoundReply, RoundRequest, from_text, to_text

STAMPS = st.from_regex(r"\A[0-9a-f]{20}\Z")
VALUES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=50) | st.lists(st.text(max_size=9))
OPERATIONS = st.builds(
    Operation.of, seq=st.integers(1, 2**40), kind=st.just("booking"), site_id=st.just("sarlat"),
    record_id=st.uuids().map(str), fields=st.dictionaries(
        st.from_regex(r"\A[a-z_]{1,10}\Z"), st.builds(FieldChange, value=VALUES, stamp=STAMPS, base=st.none() | STAMPS)
    ), sealed=st.none() | st.just("abc"),
)  # fmt: skip


def a_request(**more: object) -> RoundRequest:
    values = {
        "terminal_id": "t-1", "incarnation": "i-1", "now_ms": 1, "generation": None,
        "checkpoints": {"*": 0, "sarlat": 3},
    }  # fmt: skip
    return RoundRequest.from_values({**values, **more})


@given(st.lists(OPERATIONS, max_size=5))
def test_a_message_is_read_back_exactly(operations: list[Operation]) -> None:
    request = a_request(operations=operations)
    assert RoundRequest.from_bytes(request.to_bytes()) == request


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_and_nothing_else_happens(body: bytes) -> None:
    with pytest.raises(Refused):
        RoundRequest.from_bytes(body)


@given(st.binary(max_size=60), st.integers(0, 10_000))
def test_an_altered_body_is_refused_or_another_message(tail: bytes, at: int) -> None:
    body = bytearray(a_request().to_bytes())
    body[at % len(body)] ^= 1
    try:
        RoundRequest.from_bytes(bytes(body) + tail)
    except Refused as refusal:
        assert refusal.code in ("malformed", "too_large")  # noqa: PT017 both outcomes are right


def test_a_bomb_is_stopped_before_it_unfolds() -> None:
    bomb = zstandard.ZstdCompressor(level=19).compress(bytes(20 * MESSAGE_BYTES_MAX))
    assert len(bomb) < 200_000
    with pytest.raises(Refused) as caught:
        RoundRequest.from_bytes(bomb)
    assert caught.value.code == "too_large"


def test_a_long_body_is_refused_unread() -> None:
    with pytest.raises(Refused) as caught:
        RoundRequest.from_bytes(os.urandom(BODY_BYTES_MAX + 1))
    assert caught.value.code == "too_large"


@pytest.mark.parametrize(
    "more",
    [
        {"now_ms": False}, {"now_ms": -1}, {"now_ms": "1"}, {"unknown": 1}, {"terminal_id": "../x"},
        {"terminal_id": "T"}, {"checkpoints": {"sarlat": "1"}},
        {"operations": [[0, "booking", "s", "i", [{}, {}]]]},
        {"operations": [[1, "booking", "s", "i", ["0" * 20, {"Bad-Name": None}]]]},
    ],
)  # fmt: skip
def test_what_is_not_exactly_the_message_is_refused(more: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not a RoundRequest"):
        a_request(**more)


def test_an_error_does_not_repeat_what_was_given() -> None:
    body = zstandard.ZstdCompressor().compress(b'{"terminal_id": "Jean-Claude"}')
    with pytest.raises(Refused) as caught:
        RoundRequest.from_bytes(body)
    assert "Jean-Claude" not in f"{caught.value} {caught.value.__cause__}"


def test_a_reply_with_a_wrong_type_is_refused() -> None:
    body = zstandard.ZstdCompressor().compress(b'{"now_ms": "soon"}')
    with pytest.raises(Refused):
        RoundReply.from_bytes(body)


@given(st.binary(max_size=100))
def test_bytes_travel_as_text(data: bytes) -> None:
    assert from_text(to_text(data)) == data
    assert "=" not in to_text(data)


@pytest.mark.parametrize("text", ["é", "a b", "abc+", "a"])
def test_a_bad_text_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        from_text(text)


@pytest.mark.parametrize(
    ("good", "bad"), [("event", "Event"), ("lyon", "ly on"), ("e-1", ""), ("e-1", "e-1\\n"), ("event", "event\\n")]
)
def test_an_entry_of_something_that_is_no_record_is_refused(good: str, bad: str) -> None:
    text = '[1,"event","lyon","e-1",["00000000000000000000",{"title":"A"}]]'
    assert FeedEntry.from_json(text).id == "e-1"
    with pytest.raises(ValueError, match="FeedEntry"):
        FeedEntry.from_json(text.replace(good, bad))
