"""What is done with a booking that a voice made holds for its terminal's own, whichever the hub hears of first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sync.change import Value
from sync.claim import placeholder_id
from sync.hub import conflicts, todo
from sync.hub.standing import load
from sync.wire import Operation
from tests.sync.hub.granted import check_places, grants_of, promise
from tests.sync.hub.slip import page, promised, voice
from tests.sync.hub.stand import SITE, Signer, Stand, hub_in

BOTH = pytest.mark.parametrize("own_first", [False, True])


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        yield stand


@dataclass
class Scene:
    """A slip of one terminal that has not told of it yet, and another terminal of the site where its visitor comes.

    Attributes:
        own: the terminal's own booking, unsent.
        text: of the slip's QR.
        voice_id: the id of what the hub makes when the reference is read out.
    """

    hub: Stand
    terminal: Signer
    other: Signer
    own: Operation
    text: str
    reference: str
    grant_id: str
    voice_id: str

    def send(self, said: Operation, *, own_first: bool) -> None:
        """Both rounds; the hub's time goes on between them."""
        for sender, operation in [(self.terminal, self.own), (self.other, said)][:: 1 if own_first else -1]:
            self.hub.clock.ms += 1000
            sender.round([operation])
        check_places(self.hub)

    def state(self, record_id: str) -> Value:
        return self.hub.read("booking", record_id)["state"]

    def waiting(self) -> list[str]:
        """What waits for a person, by kind."""
        with self.hub.database.write() as connection:
            return [item.kind for item in todo.list_todo(connection, self.hub.clock(), SITE)]


@pytest.fixture
def scene(hub: Stand) -> Scene:
    hub.add_slot(in_hours=30)
    hub.add_slot(in_hours=72)  # half of what is free may be granted
    terminal = hub.enrol()
    terminal.round()
    [(grant_id, _)] = grants_of(hub, terminal).items()
    own, text, reference = promised(terminal, grant_id, needs=["calme"])
    voice_id = placeholder_id(terminal.certificate.terminal_no, grant_id, 1)
    return Scene(hub, terminal, hub.enrol(), own, text, reference, grant_id, voice_id)


def spoken(scene: Scene) -> None:
    """The visitor reads their reference out to the hub, and the other terminal hears of what it made."""
    assert voice(scene.hub, scene.reference).id == scene.voice_id
    scene.other.round()
    scene.hub.clock.ms += 1000


@BOTH
@pytest.mark.parametrize("is_known", [True, False])
def test_whoever_moves_what_a_voice_made_has_one_place(scene: Scene, own_first: bool, is_known: bool) -> None:
    """Also at a hub that was restored from before the voice: only the move still names what it made."""
    if is_known:
        spoken(scene)
    new = scene.other.booking(scene.hub.add_slot(in_hours=4), moved_from=scene.voice_id)
    scene.send(new, own_first=own_first)
    assert (scene.state(scene.own.id), scene.state(new.id)) == ("moved", "confirmed")
    assert scene.hub.read("booking", new.id)["moved_from"] == scene.own.id
    assert scene.waiting() == []
    assert "Votre rendez-vous a été déplacé" in page(scene.hub, scene.text)[1]


def test_a_move_of_what_a_voice_made_that_is_sent_again_with_new_stamps_is_not_refused(scene: Scene) -> None:
    spoken(scene)
    new = scene.other.booking(scene.hub.add_slot(in_hours=4), moved_from=scene.voice_id)
    scene.send(new, own_first=True)
    scene.hub.clock.ms += 1000
    stamp = scene.other.hlc.tick()
    again = {name: change.changed(stamp=stamp) for name, change in new.fields.items()}
    scene.other.round([new.changed(fields=again)])
    held = scene.hub.read("booking", new.id)
    assert (held["state"], held["moved_from"]) == ("confirmed", scene.own.id)
    with scene.hub.database.read() as connection:
        stamps = load(connection, "booking", SITE, [new.id])[new.id].stamps
    assert stamps["reason"] == stamp, "both ends must hold the same stamps"
    assert stamps["moved_from"] > stamp


@BOTH
def test_whoever_cancels_what_a_voice_made_has_cancelled(scene: Scene, own_first: bool) -> None:
    spoken(scene)
    cancel = scene.other.operation("booking", scene.voice_id, {"state": "cancelled"})
    scene.send(cancel, own_first=own_first)
    assert scene.state(scene.own.id) == "cancelled"
    assert "annulé" in page(scene.hub, scene.text)[1]
    assert scene.waiting() == []


@BOTH
def test_what_is_said_of_a_voice_s_booking_is_said_of_the_terminal_s_own(scene: Scene, own_first: bool) -> None:
    spoken(scene)
    said = scene.other.operation("booking", scene.voice_id, {"needs": ["lsf"], "language": "ar"})
    scene.send(said, own_first=own_first)
    own = scene.hub.read("booking", scene.own.id)
    assert (own["state"], own["needs"], own["language"]) == ("guaranteed", ["calme", "lsf"], "ar")


def test_what_the_hub_supposed_of_a_voice_s_booking_says_nothing_of_the_terminal_s_own(scene: Scene) -> None:
    scene.own.fields["language"] = scene.own.fields["state"].changed(value="uk")
    spoken(scene)
    scene.terminal.round([scene.own])
    assert scene.hub.read("booking", scene.own.id)["language"] == "uk"
    with scene.hub.database.read() as connection:
        assert conflicts.read_journal(connection) == []


def test_a_cancelling_that_did_not_see_a_move_of_the_terminal_s_own_waits_for_a_person_once(scene: Scene) -> None:
    spoken(scene)
    scene.terminal.round([scene.own])
    new = scene.terminal.booking(scene.hub.add_slot(in_hours=4), moved_from=scene.own.id)
    scene.terminal.round([new])
    scene.other.round([scene.other.operation("booking", scene.voice_id, {"state": "cancelled"})])
    assert (scene.state(scene.own.id), scene.state(new.id)) == ("moved", "confirmed")
    assert scene.waiting() == ["conflict"]


def test_of_two_disks_nobody_s_booking_is_cancelled_by_what_is_said_of_the_voice_s(scene: Scene) -> None:
    """Which of two visitors read the reference out nobody can tell."""
    spoken(scene)
    slot_id = str(scene.hub.read("booking", scene.voice_id)["slot_id"])
    clone = promise(scene.terminal, scene.grant_id, slot_id)
    scene.terminal.round([scene.own, clone])
    scene.other.round([scene.other.operation("booking", scene.voice_id, {"state": "cancelled"})])
    assert (scene.state(scene.own.id), scene.state(clone.id)) == ("guaranteed", "overruled")


@BOTH
def test_a_cancelling_that_did_not_see_a_move_of_the_voice_s_booking_still_waits_for_a_person(
    scene: Scene, own_first: bool
) -> None:
    spoken(scene)
    third = scene.hub.enrol()
    third.round()
    new = scene.other.booking(scene.hub.add_slot(in_hours=4), moved_from=scene.voice_id)
    cancel = third.operation("booking", scene.voice_id, {"state": "cancelled"})
    if own_first:
        scene.terminal.round([scene.own])
    scene.other.round([new])
    third.round([cancel])
    if not own_first:
        scene.terminal.round([scene.own])
    assert (scene.state(scene.own.id), scene.state(new.id)) == ("moved", "confirmed")
    assert scene.waiting() == ["conflict"]
    check_places(scene.hub)
