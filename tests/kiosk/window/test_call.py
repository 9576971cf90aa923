"""A call for help from a guided window: the flag, its words, its sound; without a browser."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.window.bar import Bar
from kiosk.window.call import WindowCall
from kiosk.window.opening import Call, Opening, Rule
from kiosk.wording import FRENCH

OPENED = Opening("https://www.francetravail.fr/", Rule((".francetravail.fr",)), "M’inscrire", terminal_no=7)
UNANSWERED = {"fr": "Personne n’a encore répondu.", "fr-simple": "Pas encore de réponse."}


class Asked:
    """Stands for the visit: notes what it is asked."""

    def __init__(self) -> None:
        self.wanted: list[bool] = []

    def call_help(self, wanted: bool) -> None:
        self.wanted.append(wanted)


def shown(panel: str, call: Call | None, language: str = "fr") -> str:
    bar = Bar(replace(OPENED, language=language))
    state = bar.state(host="a.fr", back=False, minutes_left=None, panel=panel, seconds=0, call=call)
    return "\n".join([state["calls"], state["place"], *state["lines"]])


def test_a_hammered_button_calls_once_and_rings_as_rarely_as_the_kiosk() -> None:
    now, visit = [0.0], Asked()
    call = WindowCall(visit, lambda: now[0])
    rung = 0
    for _ in range(50):
        call.begin()
        rung += call.ringing.may_ring()
        now[0] += 0.1
    assert (visit.wanted, rung, call.stands) == ([True], 1, True)
    call.end()
    call.end()
    assert (visit.wanted, call.stands) == ([True, False], False)


def test_where_nobody_would_hear_a_call_there_is_none() -> None:
    call = WindowCall(None, lambda: 0.0)
    call.begin()
    call.hear(Call(stands=True))
    assert (call.told, call.stands) == (None, False)
    assert "Vous pouvez appeler d’ici" not in shown("help", None)


@pytest.mark.parametrize("language", FRENCH)
def test_the_flag_says_only_what_a_named_person_said_and_when(language: str) -> None:
    assert UNANSWERED[language] in shown("call", Call(stands=True), language)
    assert "14\u00a0h\u00a032" in shown("call", Call(stands=True, answer="seen", hour="14\u00a0h\u00a032"), language)
    for answer in ("", "seen", "coming"):
        said = shown("call", Call(stands=True, answer=answer, hour="14\u00a0h\u00a033"), language)
        assert ("Quelqu’un arrive" in said) == (answer == "coming")
        assert "Borne\u00a07" in said


def test_the_help_panel_offers_a_call_until_it_stands_and_claims_nothing_of_the_place() -> None:
    assert shown("help", Call()).startswith("can")
    assert "Vous pouvez appeler d’ici" in shown("help", Call())
    assert shown("help", Call(stands=True)).startswith("on")
    assert "Vous pouvez appeler d’ici" not in shown("help", Call(stands=True))
    assert "à côté" not in shown("help", Call())
