"""Rounds and sticks in whatever order: both ends agree, nothing is lost, nothing is doubled."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.hub import stick
from sync.replica.stick import NO_ANSWER
from tests.sync.stick.journeys import a_copy_of, held_at_the_hub, titles

STICKS = ("a", "b")
ACTS = st.lists(
    st.sampled_from(
        ["write", "publish", "round", "cut"]
        + [f"{act} {name}" for act in ("export", "hub", "import") for name in STICKS]
    ),
    min_size=3,
    max_size=14,
)


class Traffic:
    """One terminal and its hub, and whatever travels between them in whatever order."""

    def __init__(self, prepared: Path, folder: Path) -> None:
        self.world = a_copy_of(prepared, folder)
        self.world.publishes_slots()  # given with whatever comes first
        self.terminal = self.world.open("terminal")

    def act(self, act: str) -> None:
        what, _, name = act.partition(" ")
        self.world.real.now.ms += 60_000
        getattr(self, f"_{what}")(name)
        assert self.terminal.status().redraws == 0

    def _write(self, _name: str) -> None:
        self.world.books(self.terminal)

    def _publish(self, _name: str) -> None:
        self.world.publishes(f"Atelier {self.world.real.now.ms}")

    def _round(self, _name: str) -> None:
        self.world.line, self.world.deaf = True, False
        assert self.terminal.rounds.run().ok
        self.world.line = False

    def _cut(self, _name: str) -> None:
        self.world.line, self.world.deaf = True, True
        assert self.terminal.rounds.run().code == "unreachable"
        self.world.line = False

    def _export(self, name: str) -> None:
        self.terminal.sticks.export(self.world.stick(name))

    def _hub(self, name: str) -> None:
        if any(self.world.stick(name).iterdir()):
            assert self.world.at_the_hub(self.world.stick(name))[0].outcome in {stick.TAKEN, stick.AGAIN, stick.OLD}

    def _import(self, name: str) -> None:
        before = titles(self.terminal)
        report = self.terminal.sticks.take_in(self.world.stick(name))
        assert report.ok or report.message == NO_ANSWER
        assert before <= titles(self.terminal), "never a step back"


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_in_whatever_order_rounds_and_sticks_come_both_ends_agree_and_nothing_is_lost_nor_doubled(
    prepared: Path, tmp_path_factory: pytest.TempPathFactory, acts: list[str]
) -> None:
    traffic = Traffic(prepared, tmp_path_factory.mktemp("traffic"))
    world, terminal = traffic.world, traffic.terminal
    try:
        for act in acts:
            traffic.act(act)
        ended = world.there_and_back(terminal)
        assert ended.ok, ended.message
        assert (terminal.status().waiting, world.bookings_at_the_hub()) == (0, world.made)
        with world.real.database.read() as connection:
            published = {row[0] for row in connection.exec_driver_sql("SELECT title FROM event")}
        assert titles(terminal) == published
        assert len(terminal.store.list("grant")) == held_at_the_hub(world)
        traffic.act("round")
        status = terminal.status()
        assert (status.digest_mismatches, status.parked, status.conflicts, status.waiting) == (0, 0, 0, 0)
    finally:
        world.close()
