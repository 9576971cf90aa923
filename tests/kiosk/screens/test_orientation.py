"""« Qui m’accompagne ? » on the screen, under both settings of the site that the hub sent."""

from __future__ import annotations

import pytest

from kiosk.screens.orientation import WhoHelps
from kiosk.wording import FRENCH, LANGUAGES, say
from tests.kiosk.in_process import Shown
from tests.kiosk.screens.test_journeys import SIZES, a_visit, run
from tests.kiosk.test_actions import SITE, Hub, Kiosk, hub, kiosk

__all__ = ["hub", "kiosk"]
DEPARTMENT, DELEGATED = (
    "le conseil départemental",
    "Ici, avec le RSA (revenu de solidarité active), c’est France Travail",
)


async def answer_yes_to_the_rsa(shown: Shown, language: str = "fr") -> str:
    await shown.tap(say("who.followed.no", language))
    await shown.tap(say("who.rsa.yes", language))
    return shown.words()


def set_delegated(hub: Hub, kiosk: Kiosk, delegated: bool) -> None:
    hub.write("site", SITE, {"rsa_orientation_delegated": delegated})
    kiosk.round()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_with_the_rsa_the_answer_is_whom_the_site_s_setting_names(
    hub: Hub, kiosk: Kiosk, size: str, language: str
) -> None:
    titles = {
        (False, "fr"): "Le conseil départemental, ou son partenaire", (False, "fr-simple"): "Le conseil départemental",
        (True, "fr"): "France Travail, à la place du département", (True, "fr-simple"): "France Travail",
    }  # fmt: skip

    async def scenario(delegated: bool) -> None:
        visit = a_visit("/accompagnement", size=size, language=language)
        async with Shown(WhoHelps, visit, kiosk.actions) as shown:
            words = (await answer_yes_to_the_rsa(shown, language)).replace("\u200e", "").split("\n")
            # The answer is law that nobody has reviewed in another language.
            assert titles[delegated, language if language in FRENCH else "fr-simple"] in words
            assert any("Code du travail, article L. 5411-5-1" in line for line in words)

    for delegated in (False, True, False):
        set_delegated(hub, kiosk, delegated)
        run(scenario(delegated))


def test_before_the_first_round_the_departement_is_named_as_the_law_has_it(kiosk: Kiosk) -> None:
    async def scenario() -> None:
        async with Shown(WhoHelps, a_visit("/accompagnement"), kiosk.actions) as shown:
            words = await answer_yes_to_the_rsa(shown)
            assert DEPARTMENT in words
            assert DELEGATED not in words

    assert not kiosk.actions.site().known
    run(scenario())
