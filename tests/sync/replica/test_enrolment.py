"""Enrolment: the right hub, the right code, before a word; and what happens when anything is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sync.errors import HubUnreachable, InvalidInput, NotEnrolled, Refused, StorageError, UntrustedHub, WrongKey
from sync.invitation import write_code
from sync.replica.envelope import Envelope
from sync.replica.terminal import Terminal, enrol
from sync.seal import SUITE
from sync.wire import STREAMED_PROTOCOL, HubCard, HubRequest, HubResponse
from tests.sync.replica.stand_in import INVITATION_NO, MACHINE_SECRET, SITE, StandInHub, Time, sealing_pair
from tests.sync.replica.theft import find_traces


def join(home: Path, hub: StandInHub, code: str | None = None, **more: object) -> None:
    enrol(home, "https://hub.example", code or hub.code(), MACHINE_SECRET, client=hub, now_ms=Time(), **more)  # type: ignore[arg-type]


def test_a_terminal_is_enrolled_and_opens(home: Path, hub: StandInHub) -> None:
    who = enrol(home, "https://hub.example", hub.code(), MACHINE_SECRET, client=hub, now_ms=Time())
    assert (who.terminal_id, who.terminal_no, who.site_id, who.functions) == ("t-1", 1, SITE, ("borne",))
    terminal = Terminal.open(home, MACHINE_SECRET, client=hub, now_ms=Time())
    assert terminal.identity == who
    status = terminal.status().to_json()
    assert json.loads(json.dumps(status))["online"] is None
    assert (status["waiting"], status["clock_trusted"], status["enrolled"]) == (0, True, True)
    terminal.close()
    assert home.stat().st_mode & 0o077 == 0
    assert find_traces(home, None, [SITE, "hub.example"]) == []


def test_the_hub_can_open_the_recovery_slot(home: Path, hub: StandInHub) -> None:
    join(home, hub)
    envelope = Envelope.load(home / "keys.json")
    _, wrapped = envelope.recovery_slot()
    key = SUITE.decrypt(wrapped, hub.sealing_private, info=envelope.recovery_info())
    assert key == envelope.open_with_machine(MACHINE_SECRET)


def test_another_hub_hears_nothing_but_the_question_who_it_is(home: Path, hub: StandInHub) -> None:
    other = StandInHub()
    with pytest.raises(UntrustedHub, match="vérifiez l’adresse"):
        join(home, other, hub.code())
    assert other.asked == ["GET /v1/hub"]


@pytest.mark.parametrize(
    ("newer_by", "told"), [(-1, "Le hub est d’une version plus ancienne"), (1, "cette borne à jour")]
)
def test_a_hub_of_another_protocol_hears_no_code_and_who_is_older_is_told(
    home: Path, hub: StandInHub, newer_by: int, told: str
) -> None:
    class Another:
        """The same hub, which speaks one protocol only."""

        def send(self, request: HubRequest) -> HubResponse:
            card, only = HubCard.from_bytes(hub.send(request).body), STREAMED_PROTOCOL + newer_by
            return hub.sign(200, card.changed(protocol_min=only, protocol_max=only).to_bytes())

    with pytest.raises(Refused, match=told):
        enrol(home, "https://hub.example", hub.code(), MACHINE_SECRET, client=Another(), now_ms=Time())
    assert hub.asked == ["GET /v1/hub"]


def test_a_hub_that_shows_keys_it_does_not_hold_is_refused(home: Path, hub: StandInHub) -> None:
    class Mirror:
        """Shows the genuine card, but cannot sign."""

        def send(self, request: HubRequest) -> HubResponse:
            genuine = hub.send(request)
            return HubResponse(genuine.status, genuine.body, {})

    with pytest.raises(UntrustedHub):
        enrol(home, "https://hub.example", hub.code(), MACHINE_SECRET, client=Mirror(), now_ms=Time())


def test_a_captive_portal_is_told(home: Path, hub: StandInHub) -> None:
    class Portal:
        def send(self, request: HubRequest) -> HubResponse:
            return HubResponse(200, b"<html>", {})

    with pytest.raises(UntrustedHub):
        enrol(home, "https://hub.example", hub.code(), MACHINE_SECRET, client=Portal(), now_ms=Time())


def test_a_mistyped_code_is_seen_without_the_network(home: Path, hub: StandInHub) -> None:
    code = hub.code()
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    with pytest.raises(InvalidInput, match="24 caractères"):
        join(home, hub, wrong)
    assert hub.asked == []
    assert not home.exists()


def test_a_wrong_secret_is_refused_by_the_hub_and_a_good_code_works_afterwards(home: Path, hub: StandInHub) -> None:
    with pytest.raises(Refused) as caught:
        join(home, hub, write_code(hub.fingerprint, INVITATION_NO, b"\0" * 5))
    assert caught.value.code == "invitation_wrong"
    with pytest.raises(NotEnrolled, match="terminal enrol"):
        Terminal.open(home, MACHINE_SECRET, client=hub)
    join(home, hub)


def test_a_lost_answer_is_asked_for_again_with_the_same_key(home: Path, hub: StandInHub) -> None:
    class Losing:
        count = 0

        def send(self, request: HubRequest) -> HubResponse:
            answer = hub.send(request)
            self.count += 1
            if self.count == 2:
                raise HubUnreachable("Le hub ne répond pas.")
            return answer

    with pytest.raises(HubUnreachable):
        enrol(home, "https://hub.example", hub.code(), MACHINE_SECRET, client=Losing(), now_ms=Time())
    join(home, hub)
    assert len(set(hub.terminal_keys.values())) == 1


def test_a_home_is_enrolled_once(home: Path, hub: StandInHub) -> None:
    join(home, hub)
    before = list(hub.asked)
    with pytest.raises(InvalidInput, match="déjà"):
        join(home, hub)
    assert hub.asked == before


def test_a_demonstration_hub_is_refused_unless_asked_for(home: Path) -> None:
    hub = StandInHub(demonstration=True)
    with pytest.raises(Refused) as caught:
        join(home, hub)
    assert caught.value.code == "demonstration"
    assert hub.asked == ["GET /v1/hub"]
    join(home, hub, allow_demonstration=True)


def test_a_sealing_key_of_another_root_is_refused(home: Path, hub: StandInHub) -> None:
    hub.sealing, _ = sealing_pair(StandInHub().root)
    with pytest.raises(UntrustedHub, match="scellement"):
        join(home, hub)


def test_another_machines_secret_opens_nothing(home: Path, hub: StandInHub) -> None:
    join(home, hub)
    with pytest.raises(WrongKey):
        Terminal.open(home, b"x" * 32, client=hub)
    (home / "keys.json").unlink()
    with pytest.raises(NotEnrolled):
        Terminal.open(home, MACHINE_SECRET, client=hub)


def test_keys_of_another_home_do_not_open_this_database(tmp_path: Path, hub: StandInHub) -> None:
    join(tmp_path / "a", hub)
    join(tmp_path / "b", hub)
    (tmp_path / "a" / "keys.json").write_bytes((tmp_path / "b" / "keys.json").read_bytes())
    with pytest.raises(WrongKey, match=r"keys\.json"):
        Terminal.open(tmp_path / "a", MACHINE_SECRET, client=hub)


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path, hub: StandInHub) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="dossier"):
        join(tmp_path / "file" / "home", hub)
