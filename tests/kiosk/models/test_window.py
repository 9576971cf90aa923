"""What the kiosk says before a guided window, and what it asks of it."""

from __future__ import annotations

import pytest

from kiosk.models.contract import ways_out
from kiosk.models.window import offer, opening, wish_of
from kiosk.visit import Wish
from tests.kiosk.stand_in import StandInActions

TIMES = {"quiet_s": 180.0, "warning_s": 30.0, "diagonal_in": 21.5}


@pytest.fixture
def actions() -> StandInActions:
    return StandInActions()


@pytest.mark.parametrize(
    ("online", "available", "state"),
    [(True, True, "ready"), (None, True, "ready"), (False, True, "offline"), (True, False, "absent"),
     (False, False, "absent")],
)  # fmt: skip
def test_the_sheet_says_whether_it_can_open(
    actions: StandInActions, online: bool | None, available: bool, state: str
) -> None:
    found = offer(actions, Wish("inscription"), "fr", online=online, available=available)
    assert (found.state, found.host) == (state, "francetravail.fr")
    assert found.title


def test_an_address_that_the_content_does_not_have_is_said(actions: StandInActions) -> None:
    assert offer(actions, Wish("ailleurs"), "fr", online=True, available=True).state == "unknown"
    assert opening(actions, Wish("ailleurs"), "fr", **TIMES) is None  # type: ignore[arg-type]


def test_the_window_is_asked_for_what_the_content_allows(actions: StandInActions) -> None:
    asked = opening(actions, Wish("inscription"), "fr-simple", **TIMES)  # type: ignore[arg-type]
    assert asked is not None
    assert asked.rule.allows(asked.url)
    assert asked.rule.allows("https://app.franceconnect.gouv.fr/api")
    assert not asked.rule.camera(asked.url)
    assert [one[0] for one in asked.emergencies][:2] == ["15", "17"]
    assert asked.desk_phone == "02 61 91 00 00"


def test_a_video_link_opens_at_a_known_provider_only(actions: StandInActions) -> None:
    asked = opening(actions, Wish(link="https://webconf.numerique.gouv.fr/salle", limit_s=900), "fr", **TIMES)  # type: ignore[arg-type]
    assert asked is not None
    assert asked.rule.camera(asked.url)
    assert asked.limit_s == 900
    assert opening(actions, Wish(link="https://example.org/salle"), "fr", **TIMES) is None  # type: ignore[arg-type]


def test_every_way_of_the_content_into_a_window_leads_somewhere(actions: StandInActions) -> None:
    wishes = [
        wish
        for flow in actions.shelf.flows
        for screen in actions.shelf.screens(flow, "fr")
        for way in ways_out(screen)
        if (wish := wish_of(way.to)) is not None
    ]
    assert {wish.address for wish in wishes} == {"inscription", "espace-personnel", "documents"}
    assert all(opening(actions, wish, "fr", **TIMES) for wish in wishes)  # type: ignore[arg-type]


CHECK = "http://127.0.0.1:8550/essai"


def test_the_check_of_camera_and_sound_is_the_terminals_own_page_alone(actions: StandInActions) -> None:
    wish = Wish(check=True, limit_s=300, text_percent=150, contrast=True)
    asked = opening(actions, wish, "fr-simple", check_url=CHECK, **TIMES)  # type: ignore[arg-type]
    assert asked is not None
    assert asked.url == f"{CHECK}?langue=fr-simple&texte=150&contraste=1&dixiemes=215"
    assert asked.rule.allows(asked.url)
    assert asked.rule.camera(asked.url)
    assert (asked.rule.hosts, asked.rule.camera_hosts, asked.limit_s) == ((), (), 300)


def test_no_other_wish_leads_to_a_page_of_the_terminal(actions: StandInActions) -> None:
    for wish in (Wish("inscription"), Wish(link="https://webconf.numerique.gouv.fr/salle")):
        asked = opening(actions, wish, "fr", check_url=CHECK, **TIMES)  # type: ignore[arg-type]
        assert asked is not None
        assert not asked.rule.check
        assert not asked.rule.allows(f"{CHECK}?langue=fr")
    assert opening(actions, Wish(link=f"{CHECK}?langue=fr"), "fr", check_url=CHECK, **TIMES) is None  # type: ignore[arg-type]
