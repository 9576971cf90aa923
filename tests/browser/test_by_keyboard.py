"""By keyboard alone: a registration and an appointment, the order of the steps, the way out, the ring that is seen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.by_keyboard import Typist
from tests.browser.chromium import COARSE, screen
from tests.browser.conftest import PEOPLE
from tests.browser.journeys import (
    ELOISE,
    MANDATORY,
    MENU_TITLE,
    NOTICE,
    ask_for_hour,
    opened_at_hub,
    register,
    to_the_birth_name,
)
from tests.browser.test_registration_journey import CONTACT, ELOISE_AT_HUB, HELD
from tests.stage import Stage


@pytest.fixture
def typist(stage: Stage, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Typist]:
    """Somebody at the first screen, upright unless the test's parameter says otherwise."""
    context = chromium.new_context(**screen(getattr(request, "param", "portrait"), COARSE))
    person = Typist(context.new_page())
    request.node.stash.setdefault(PEOPLE, []).append(person)
    person.opens(stage.kiosk_url)
    yield person
    context.close()


def test_the_registration_and_a_booking_by_keyboard_alone(stage: Stage, typist: Typist) -> None:
    typist.begins()
    reference = register(typist, ELOISE)
    typist.sees("Envoyé à", MANDATORY)
    answers = opened_at_hub(stage, reference)["answers"]
    assert {name: value for name, value in answers.items() if name not in NOTICE} == ELOISE_AT_HUB
    typist.touch("Revenir au menu")
    typist.is_at(MENU_TITLE)
    reference, _ = ask_for_hour(typist, contact=CONTACT, at_once=True)
    typist.sees_one_of(*HELD)
    assert stage.terminal("sync").status == 0
    assert opened_at_hub(stage, reference, "booking")["answers"]["prenom"] == CONTACT["prenom"]
    typist.ends()
