"""A call for help from a guided window: the flag, its words, its sound; without a browser."""

from __future__ import annotations

import base64
import io
import json
import re
from dataclasses import replace

import pytest
from fontTools.ttLib import TTFont

from kiosk.translations import TRANSLATED
from kiosk.window.bar import LINES, Bar
from kiosk.window.call import WindowCall
from kiosk.window.opening import Call, Opening, Rule
from kiosk.wording import LANGUAGES, RIGHT_TO_LEFT, say

OPENED = Opening("https://www.francetravail.fr/", Rule((".francetravail.fr",)), "M’inscrire", terminal_no=7)


class Asked:
    """Stands for the visit: notes what it is asked."""

    def __init__(self) -> None:
        self.wanted: list[bool] = []

    def call_help(self, wanted: bool) -> None:
        self.wanted.append(wanted)


def shown(panel: str, call: Call | None, language: str = "fr") -> str:
    bar = Bar(replace(OPENED, language=language))
    state = bar.state(host="a.fr", back=False, minutes_left=None, panel=panel, seconds=0, call=call)
    return "\n".join([state["calls"], *(text for both in (state["place"], *state["lines"]) for text in both)])


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


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_flag_says_only_what_a_named_person_said_and_when(language: str) -> None:
    hour = "14\u00a0h\u00a033"
    keys = {"": "call.unanswered", "seen": "call.seen", "coming": "call.coming"}
    sentences = {answer: say(key, language, hour=hour) for answer, key in keys.items()}
    for answer in sentences:
        said = shown("call", Call(stands=True, answer=answer, hour=hour if answer else ""), language)
        assert [one for one, sentence in sentences.items() if sentence in said] == [answer]
        assert ("Quelqu’un arrive" in said) == (answer == "coming"), "its French says as much"
        assert say("call.terminal", language, number=7) in said


@pytest.mark.parametrize("language", TRANSLATED)
def test_who_comes_to_help_reads_every_text_of_the_bar_in_french(language: str) -> None:
    other, french = (Bar(replace(OPENED, language=one)) for one in (language, "fr"))
    assert {name: both[1] or both[0] for name, both in other._words().items()} == {
        name: both[0] for name, both in french._words().items()
    }
    for panel in (*LINES, "help", "call"):
        mine, theirs = (
            bar.state(host="", back=True, minutes_left=5, panel=panel, seconds=9, wanted_host="b.fr", call=Call())
            for bar in (other, french)
        )
        for name in ("left", "place"):
            assert mine[name][1] == theirs[name][0]
            assert theirs[name][1] == ""
        assert [both[1] for both in mine["lines"]] == [both[0] for both in theirs["lines"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_of_the_bar_has_its_face(language: str) -> None:
    script, _ = Bar(replace(OPENED, language=language)).scripts()
    conf = json.loads(re.search(r"\}\)\((\{.*\})\);", script, re.S)[1])  # type: ignore[index]
    held: set[int] = set()
    for weight, letters, data in conf["fonts"]:
        with TTFont(io.BytesIO(base64.b64decode(data))) as face:
            ranges = [[int(end, 16) for end in one.removeprefix("U+").split("-")] for one in letters.split(",")]
            mapped = face.getBestCmap()
        found = {letter for ends in ranges for letter in range(ends[0], ends[-1] + 1) if letter in mapped}
        assert found, (weight, letters)
        held |= found
    said = {letter for both in conf["words"].values() for text in both for letter in text}
    assert sorted(letter for letter in said if ord(letter) not in held) == []
    assert conf["rtl"] == (language in RIGHT_TO_LEFT)


def test_the_help_panel_offers_a_call_until_it_stands_and_claims_nothing_of_the_place() -> None:
    assert shown("help", Call()).startswith("can")
    assert "Vous pouvez appeler d’ici" in shown("help", Call())
    assert shown("help", Call(stands=True)).startswith("on")
    assert "Vous pouvez appeler d’ici" not in shown("help", Call(stands=True))
    assert "à côté" not in shown("help", Call())
