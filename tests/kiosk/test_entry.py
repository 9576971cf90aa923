"""Typing: the browser's field and the screen's keys fill the same entry."""

from hypothesis import given
from hypothesis import strategies as st

from kiosk.entry import Entry


def test_what_the_browser_types_is_not_drawn_again() -> None:
    drawn: list[int] = []
    entry = Entry("name")
    entry.on_redraw(lambda: drawn.append(1))
    entry.typed("Awa")
    assert entry.value == "Awa"
    assert drawn == []
    entry.press("-")
    assert drawn == [1]


def test_both_keyboards_follow_each_other() -> None:
    entry = Entry("name")
    entry.press("L")
    entry.typed("Le")
    entry.press("’")
    entry.erase()
    assert entry.value == "Le"


def test_a_name_wants_a_capital_at_its_start_and_after_a_hyphen() -> None:
    entry = Entry("name")
    assert entry.wants_capital
    entry.press("N")
    assert not entry.wants_capital
    entry.press("-")
    assert entry.wants_capital
    assert not Entry("email").wants_capital


@given(st.lists(st.text(min_size=1, max_size=4), max_size=30))
def test_an_entry_is_never_longer_than_its_limit(pieces: list[str]) -> None:
    entry = Entry("text", max_length=20)
    for piece in pieces:
        entry.press(piece)
    assert len(entry.value) <= 20


def test_one_who_stops_listening_hears_nothing_more() -> None:
    heard: list[int] = []
    entry = Entry()
    stop = entry.on_typed(lambda: heard.append(1))
    entry.typed("a")
    stop()
    entry.typed("ab")
    assert heard == [1]
