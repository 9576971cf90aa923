"""A terminal whose clock is wrong by years, from its first day on: real processes under libfaketime."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from sync.hub.database import HubDatabase, table_of
from sync.hub.tables import RecordStamps
from sync.stamped import read_at_rest
from tests.processes.gestures import arrived_once, held_at_hub, held_at_terminal, refused, synchronise, visit
from tests.stage import Stage, false_clock

pytestmark = pytest.mark.processes

YEAR_MS = 365 * 24 * 3600 * 1000
CLOCKS = {"in 2020": ("@2020-01-01 08:00:00", -5.5, "retarde"), "two years ahead": ("+2y", 1.9, "avance")}


@pytest.fixture
def new_terminal(stage: Stage) -> Stage:
    """The prepared hub, up, and a terminal that was never enrolled."""
    for file in sorted(stage.terminal_home.iterdir()):
        file.unlink()
    stage.hub_up()
    return stage


def first_stamps(stage: Stage, kind: str) -> dict[str, str]:
    """The stamp that each record of a kind was made with, as the hub keeps it."""
    table = table_of(RecordStamps)
    with closing(HubDatabase.open(stage.hub_home / "hub.db", migrate=False)) as database, database.read() as connection:
        found = connection.execute(table.select().where(table.c.kind == kind)).all()
    return {row.id: min(read_at_rest(row.stamps).values()) for row in found}


@pytest.mark.parametrize(("clock", "years", "word"), CLOCKS.values(), ids=list(CLOCKS))
def test_a_terminal_with_a_wrong_clock_enrols_works_offline_and_loses_nothing(
    new_terminal: Stage, clock: str, years: float, word: str
) -> None:
    stage, wrong = new_terminal, false_clock(clock)
    said = stage.try_enrol(stage.invite(), clock=wrong)
    assert said.status == 0, said
    assert stage.terminal("sync", environment=wrong).status == 0
    stage.running[-1].stop()
    made = [*visit(stage, "register", "register", environment=wrong), *visit(stage, "book", environment=wrong)]
    status = stage.terminal("status", "--json", environment=wrong).json
    assert status["waiting"] == 3
    stage.hub_up()
    assert stage.terminal("sync", environment=wrong).status == 0
    assert stage.terminal("sync", environment=wrong).status == 0
    status = stage.terminal("status", "--json", environment=wrong).json
    assert (status["waiting"], status["clock_trusted"]) == (0, False)
    assert word in status["clock_message"]
    assert (status["drift_ms"] < years * YEAR_MS) if years < 0 else (status["drift_ms"] > years * YEAR_MS)
    arrived_once(stage, made)
    stamps = first_stamps(stage, "registration")
    assert sorted(stamps, key=stamps.__getitem__) == [made[0]["id"], made[1]["id"]], "order kept"
    assert {entry["created_at"][:4] for entry in held_at_hub(stage, "registration").values()} == {
        entry["received_at"][:4] for entry in held_at_hub(stage, "registration").values()
    }, "the year that a slip shows is the true one"


def test_a_code_that_is_too_old_is_refused_by_a_hub_whose_half_hour_has_passed(stage: Stage, tmp_path: Path) -> None:
    code = stage.invite()
    stage.hub_up(environment=false_clock("+31m"))
    fresh = Stage(tmp_path / "fresh", hub_port=stage.hub_port)
    fresh.folder.mkdir()
    fresh.secret_file.write_bytes(stage.secret_file.read_bytes())
    assert "n’est plus valable" in refused(fresh.try_enrol(code))


def test_a_clock_set_right_again_is_trusted_after_one_round(stage: Stage) -> None:
    stage.hub_up()
    wrong = false_clock("+2y")
    assert stage.terminal("sync", environment=wrong).status == 0
    assert not stage.terminal("status", "--json", environment=wrong).json["clock_trusted"]
    synchronise(stage)
    status = held_at_terminal(stage)["status"]
    assert status["clock_trusted"]
    assert abs(status["drift_ms"]) < 60_000
