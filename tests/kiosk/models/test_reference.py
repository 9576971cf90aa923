"""A typed code, before and after the search."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.models import reference
from kiosk.views import DeliveryView, RegistrationView
from kiosk.wording import words
from sync.claim import ALPHABET, Reference, make_reference
from sync.records.registration import STATES

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
codes = st.builds(lambda no, at: make_reference(no, at, b"secret"), st.integers(1, 32767), st.integers(0, 32767))


@given(codes)
def test_a_code_is_accepted_as_the_paper_shows_it(code: Reference) -> None:
    assert reference.check_typed(code.shown) is None
    assert reference.check_typed(code.shown.lower().replace(" ", "-")) is None
    assert reference.check_typed(code.text.replace("0", "O").replace("1", "l")) is None
    assert reference.grouped(code.text) == code.shown


@given(codes, st.integers(0, 9), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_caught_before_any_search(code: Reference, at: int, letter: str) -> None:
    if code.text[at] == letter:
        return
    typed = code.text[:at] + letter + code.text[at + 1 :]
    assert reference.check_typed(typed) == reference.Fault("reference.wrong_check")


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", reference.Fault("reference.empty")),
        ("A", reference.Fault("reference.missing", 9)),
        ("ABC DEF GH", reference.Fault("reference.missing", 2)),
        ("ABC DEF GHJ", reference.Fault("reference.missing_one", 1)),
        ("ABC DEF GHJK M", reference.Fault("reference.extra_one", 1)),
        ("ABC DEF GHJK MN", reference.Fault("reference.extra", 2)),
    ],
)
def test_the_sentence_says_how_many_are_missing(typed: str, fault: reference.Fault) -> None:
    assert reference.check_typed(typed) == fault
    assert fault.key in words()


@pytest.mark.parametrize("state", [*STATES, "something_new"])
@pytest.mark.parametrize("delivery", ["waiting", "received", "rejected"])
def test_no_state_of_a_preparation_says_it_is_a_registration(state: str, delivery: str) -> None:
    view = RegistrationView("r", state, NOW, NOW if state == "recue" else None, [])
    shown = reference.registration_state(view, DeliveryView(delivery, NOW))
    for key in (shown.key, shown.more):
        for sentence in words()[key].values():
            assert "inscrit" not in sentence.lower()
    if state == "preparee" and delivery != "received":
        assert shown.look != "sure"
