"""Hubs that are not the one of today: another one, a newer one, the same one as it was yesterday."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from tests.processes.gestures import ROOT, arrived_once, held_at_terminal, refused, synchronise, visit
from tests.stage import Stage

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


def test_a_hub_with_a_newer_protocol_is_told_in_one_sentence_and_everything_is_kept(stage: Stage) -> None:
    made = visit(stage, "register", "book")
    newer = stage.launch(
        "newer", sys.executable, "-m", "tests.processes.newer_hub", str(stage.hub_home), str(stage.hub_port),
        environment={"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    until_s = time.monotonic() + 60
    while "ready" not in newer.said():
        assert time.monotonic() < until_s, newer.said()
        time.sleep(0.05)
    sentence = refused(stage.terminal("sync"))
    assert "mettez cette borne à jour" in sentence
    assert "Tout est conservé" in sentence
    status = held_at_terminal(stage)["status"]
    assert (status["waiting"], status["last_refusal_code"]) == (2, "protocol")
    newer.kill()
    stage.hub_up()
    synchronise(stage)
    arrived_once(stage, made)


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
