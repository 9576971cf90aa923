"""By keyboard alone: a registration and an appointment, the order of the steps, the way out, the ring that is seen."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.browser.by_keyboard import Typist
from tests.browser.chromium import COARSE, screen
from tests.browser.conftest import PEOPLE
from tests.browser.journeys import (
    ELOISE,
    MANDATORY,
    MENU_TITLE,
    NOTICE,
    opened_at_hub,
    register,
    to_the_birth_name,
)
from tests.browser.person import HAND_OVER_MS
from tests.browser.test_registration_journey import ELOISE_AT_HUB
from tests.kiosk.test_tokens import contrast
from tests.stage import Stage

AROUND_PX = 12
RING_SHARE = 0.5
"""Of the length of the ring of 4 px: what must be seen to change by 3:1 or more."""
RINGS_LOOKED_AT = 4
WAY = ["head", "content", "keys", "bar", "dock"]


@pytest.fixture
def typist(stage: Stage, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Typist]:
    """Somebody at the first screen, upright unless the test's parameter says otherwise."""
    context = chromium.new_context(**screen(getattr(request, "param", "portrait"), COARSE))
    person = Typist(context.new_page())
    request.node.stash.setdefault(PEOPLE, []).append(person)
    person.opens(stage.kiosk_url)
    yield person
    context.close()


def test_the_whole_registration_by_keyboard_alone(stage: Stage, typist: Typist) -> None:
    typist.begins()
    reference = register(typist, ELOISE)
    typist.sees("Envoyé à", MANDATORY)
    answers = opened_at_hub(stage, reference)["answers"]
    assert {name: value for name, value in answers.items() if name not in NOTICE} == ELOISE_AT_HUB
    typist.ends()


def stops_of(typist: Typist, *, back: bool = False) -> list[dict[str, object]]:
    """Every stop of the screen, from the one that has the focus round to it again."""
    found = [typist.stands()]
    while (here := typist.tab(back=back)) != found[0]:
        found.append(here)
        assert len(found) < 40, found
    return found


@pytest.mark.parametrize("typist", ["landscape"], indirect=True)
def test_a_step_leads_through_header_content_keys_actions_and_dock_and_back(typist: Typist) -> None:
    typist.begins()
    to_the_birth_name(typist)
    expect(typist.box()).to_be_focused()
    way = stops_of(typist)
    places = [str(one["place"]) for one in way]
    first = places.index("head")
    assert [*dict.fromkeys(places[first:] + places[:first])] == WAY, places
    assert places.count("keys") == 1, "the drawn keys are one stop, not forty"
    assert all(places.count(name) == len(part) for name, part in runs(places)), "no place is left and entered again"
    back = stops_of(typist, back=True)
    assert back == [way[0], *way[:0:-1]]


def runs(places: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Places that follow one another, those of the content at both ends of the round together."""
    turned = places[places.index("head") :] + places[: places.index("head")]
    for name in dict.fromkeys(turned):
        at = turned.index(name)
        part = turned[at:]
        yield name, part[: next((n for n, one in enumerate(part) if one != name), len(part))]


def test_arrows_lead_from_key_to_key_and_letters_go_on_in_the_field(typist: Typist) -> None:
    typist.begins()
    to_the_birth_name(typist)
    typist.types("Ng")
    while typist.tab()["place"] != "keys":
        pass
    for arrow in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft"):
        typist.page.keyboard.press(arrow)
        typist.page.wait_for_timeout(HAND_OVER_MS)
    key = typist.stands()
    assert key["name"] == "s"
    for press in ("Enter", "Space"):
        typist.page.keyboard.press(press)
        typist.page.wait_for_timeout(HAND_OVER_MS)
        assert typist.stands() == key, "the focus stays on the key"
    assert typist.tab()["place"] == "bar", "one step leaves the keys"
    while typist.tab(back=True)["tag"] != "INPUT":
        pass
    expect(typist.box()).to_have_value("Ngss")
    typist.page.wait_for_timeout(HAND_OVER_MS)
    typist.page.keyboard.type("o")
    expect(typist.box()).to_have_value("Ngsso")


def test_escape_closes_a_sheet_and_a_wrong_answer_leads_back_to_its_field(typist: Typist) -> None:
    typist.begins()
    typist.touch("Texte", exact=True)
    typist.is_at("Quelle taille de texte ?")
    typist.page.keyboard.press("Escape")
    typist.is_at(MENU_TITLE)
    to_the_birth_name(typist)
    typist.touch("Continuer", exact=True)
    typist.sees("Écrivez votre nom")
    expect(typist.box()).to_be_focused()


@pytest.mark.parametrize("high", [False, True], ids=["day", "contrast"])
def test_what_has_the_focus_is_seen_to_have_it(typist: Typist, high: bool) -> None:
    typist.begins()
    if high:
        typist.touch("Contraste", exact=True)
    to_the_birth_name(typist)
    for one in stops_of(typist):
        shares: list[float] = []
        while not shares or shares[-1] <= RING_SHARE:
            assert len(shares) < RINGS_LOOKED_AT, f"no ring is seen ({shares}): {one}"
            if shares:  # a slow machine had not drawn the ring yet, or the cursor has blinked: once more
                typist.tab(back=True)
            with_ring = typist.painted()
            typist.tab()
            shares.append(ring_share(with_ring, typist.painted(other_than=with_ring), one["box"]))  # type: ignore[arg-type]


def ring_share(with_ring: bytes, without: bytes, box: list[float]) -> float:
    """The share of a ring of 4 px around ``box`` in which the two pictures differ by 3:1 at least."""
    left, top, width, height = (side * COARSE for side in box)
    around = AROUND_PX * COARSE
    frame = (left - around, top - around, left + width + around, top + height + around)
    one, other = (Image.open(BytesIO(picture)).convert("RGB").crop(frame) for picture in (with_ring, without))
    changed = sum(
        contrast(*("#" + bytes(pixel).hex() for pixel in pair)) >= 3
        for pair in zip(one.get_flattened_data(), other.get_flattened_data(), strict=True)
        if pair[0] != pair[1]
    )
    return float(changed / (2 * (width + height) * 4 * COARSE))
