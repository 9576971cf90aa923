"""What a network can do to a round: alter it, lose its answer, play it again. Nothing twice, nothing lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sync.wire import RefusalBody
from tests.processes.gestures import arrived_once, held_at_hub, held_at_terminal, refused, synchronise, visit
from tests.stage import Stage, free_port
from tests.way import Spoil, Way, way_between

pytestmark = pytest.mark.processes


@pytest.fixture
def way(stage: Stage) -> Iterator[Way]:
    """The terminal's hub address is the way; the hub itself listens elsewhere."""
    port = free_port()
    stage.hub_up(port=port)
    with way_between(stage.hub_port, port) as opened:
        yield opened


def waiting(stage: Stage) -> int:
    return int(held_at_terminal(stage)["status"]["waiting"])


def test_a_request_altered_on_the_way_is_refused_and_goes_again_later(stage: Stage, way: Way) -> None:
    made = visit(stage, "register", "book")
    way.weather = lambda: Spoil.REQUEST_ALTERED
    assert "altéré en chemin" in refused(stage.terminal("sync"))
    assert held_at_hub(stage, "registration") == {}
    assert waiting(stage) == 2
    way.weather = lambda: Spoil.NOTHING
    synchronise(stage)
    arrived_once(stage, made)


def test_an_answer_altered_on_the_way_is_not_believed_and_the_resend_is_not_applied_twice(
    stage: Stage, way: Way
) -> None:
    made = visit(stage, "register", "book")
    way.weather = lambda: Spoil.ANSWER_ALTERED
    assert "n’est pas celle du hub" in refused(stage.terminal("sync"))
    assert len(held_at_hub(stage, "registration")) == 1, "the request itself had arrived whole"
    assert waiting(stage) == 2
    way.weather = lambda: Spoil.NOTHING
    synchronise(stage)
    arrived_once(stage, made)


def test_a_lost_answer_costs_one_resend_and_nothing_else(stage: Stage, way: Way) -> None:
    made = visit(stage, "register", "book")
    way.weather = lambda: Spoil.ANSWER_LOST
    assert "Le hub ne répond pas" in refused(stage.terminal("sync"))
    assert waiting(stage) == 2
    way.weather = lambda: Spoil.NOTHING
    synchronise(stage)
    arrived_once(stage, made)


def test_a_replayed_batch_is_refused_and_applied_once(stage: Stage, way: Way) -> None:
    made = visit(stage, "register", "book")
    synchronise(stage)
    pushed = max((carried for carried in way.carried if carried.path == "/v2/round"), key=lambda it: len(it.body))
    assert pushed.status == 200
    for _ in range(2):
        status, answer = way.replay(pushed)
        refusal = RefusalBody.from_bytes(answer)
        assert (status, refusal.code) == (409, "replayed")
        assert refusal.message.endswith(".")
    synchronise(stage)
    arrived_once(stage, made)
