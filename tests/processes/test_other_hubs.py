"""Hubs that are not the one of today: another one, a newer one, the same one as it was yesterday."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.processes.gestures import arrived_once, held_at_hub, held_at_terminal, refused, synchronise, visit
from tests.processes.tomorrow import tomorrow
from tests.stage import Stage

REFUSED_ROUND = '"route": "/v2/round", "status": 426'
pytestmark = pytest.mark.processes


def test_another_hub_at_the_same_address_is_not_believed_and_everything_is_kept(stage: Stage, tmp_path: Path) -> None:
    made = visit(stage, "register", "book")
    other = Stage(tmp_path / "other", hub_port=stage.hub_port)
    other.folder.mkdir()
    other.do_hub("keys", "init")
    served = other.hub_up()
    try:
        code = stage.invite()
        assert "n’est pas celle du hub" in refused(stage.terminal("sync"))
        status = held_at_terminal(stage)["status"]
        assert (status["waiting"], status["online"]) == (2, False)
        assert "n’est pas celui qui a donné ce code" in refused(
            stage.cli("terminal", "enrol", "--hub", stage.hub_url, "--code", code, "--home", str(tmp_path / "new"))
        )
        assert served.said().count('"/v1/enrol"') == 0, "nothing was said to it at enrolment but « who are you »"
    finally:
        other.close()
    stage.hub_up()
    synchronise(stage)
    arrived_once(stage, made)


def test_a_hub_with_a_newer_protocol_is_told_in_one_sentence_and_everything_is_kept(
    stage: Stage, tmp_path: Path
) -> None:
    made = visit(stage, "register", "book")
    newer = stage.hub_up(environment=tomorrow(tmp_path / "tomorrow"))
    sentence = refused(stage.terminal("sync"))
    assert "mettez cette borne à jour" in sentence
    assert "Tout est conservé" in sentence
    assert REFUSED_ROUND in newer.said()
    assert_kept(stage)
    assert newer.stop() == 0
    stage.hub_up()
    synchronise(stage)
    arrived_once(stage, made)


def test_a_terminal_with_a_newer_protocol_is_told_in_one_sentence_and_nothing_is_lost(
    stage: Stage, tmp_path: Path
) -> None:
    made = visit(stage, "register", "book")
    today = stage.hub_up()
    of_tomorrow = tomorrow(tmp_path / "tomorrow")
    sentence = refused(stage.terminal("sync", environment=of_tomorrow))
    assert "Le hub est d’une version plus ancienne que cette borne" in sentence
    assert "Tout est conservé" in sentence
    assert REFUSED_ROUND in today.said()
    assert_kept(stage)
    assert (held_at_hub(stage, "registration"), held_at_hub(stage, "booking")) == ({}, {})
    assert today.stop() == 0
    stage.hub_up(environment=of_tomorrow)
    assert stage.terminal("sync", environment=of_tomorrow).status == 0, "both ends were brought up to date"
    arrived_once(stage, made)


def assert_kept(stage: Stage) -> None:
    """Both gestures wait, and the screens can say why."""
    status = held_at_terminal(stage)["status"]
    assert (status["waiting"], status["last_refusal_code"], status["online"]) == (2, "protocol", True)


def test_a_hub_restored_from_yesterday_gets_back_what_the_terminals_still_hold(stage: Stage) -> None:
    hub = stage.hub_up()
    made = visit(stage, "register")
    synchronise(stage)
    yesterday = stage.do_hub("backup", "--json").json
    made += visit(stage, "register", "book")
    synchronise(stage)
    before = held_at_terminal(stage)["status"]
    assert "est en marche" in refused(stage.hub("restore", yesterday["file"], person=True))
    assert hub.stop() == 0
    made += visit(stage, "book")
    restored = stage.do_hub("restore", yesterday["file"], "--json").json
    assert restored["generation"] != yesterday["generation"]
    stage.hub_up()
    synchronise(stage)
    synchronise(stage)
    after = held_at_terminal(stage)["status"]
    assert before["generation"] == yesterday["generation"]
    assert after["generation"] == restored["generation"]
    assert after["redraws"] == 0
    arrived_once(stage, made)
