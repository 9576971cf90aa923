"""The screens of the prepared registration, driven in this process: a finger, and what can be read."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable

import flet as ft
import pytest

from kiosk.models import registration_steps as steps
from kiosk.models.registration import Registration as Model
from kiosk.screens.registration import Registration
from kiosk.screens.registration_date import DatePad
from kiosk.screens.registration_end import LOOK_AGAIN_S
from kiosk.views import DeliveryView
from kiosk.visit import Visit
from tests.kiosk.in_process import Shown
from tests.kiosk.models.registration_world import AWA, Desk, walk

Turn = Callable[[Shown, Visit, Desk], Awaitable[None]]


def show(turn: Turn, *, until: str | None = None, language: str = "fr", text: int = 100) -> tuple[Visit, Desk]:
    """Draws the place in a visit that already came to ``until``, then lets ``turn`` touch it."""
    seconds = itertools.count()
    visit, desk = Visit(now=lambda: float(next(seconds))), Desk()
    visit.go("/inscription")
    visit.speak(language)
    visit.set_text(text)
    if until:
        walk(Model(desk, visit.drafts), AWA, until=until)

    async def run() -> None:
        async with Shown(Registration, visit, desk) as shown:
            await turn(shown, visit, desk)
            visit.end()

    asyncio.run(run())
    return visit, desk


async def pick(shown: Shown, *labels: str) -> None:
    for label in labels:
        await shown.tap(label)


async def whole_way(shown: Shown, visit: Visit, desk: Desk) -> None:
    await shown.tap("J’ai lu")
    await pick(shown, "Non", "Continuer")
    await pick(shown, "Madame", "Continuer")
    await shown.type("Lefèvre-N’Diaye")
    await shown.tap("Continuer")
    await shown.tap("Je n’ai pas d’autre nom")
    await shown.type("Awa")
    await shown.tap("Continuer")
    for digit in "05041998":
        await shown.tap(digit)
    await shown.tap("Continuer")
    await pick(shown, "La France", "Continuer")
    await shown.type("Vierzon")
    await shown.tap("Continuer")
    await shown.type("97490")
    await shown.tap("Continuer")
    await shown.tap("Je la donnerai plus tard")
    await shown.type("0692123456")
    await shown.tap("Continuer")
    await shown.tap("Je n’ai pas d’e-mail")
    await pick(shown, "Je travaille", "J’apprends", "Continuer")
    await shown.tap("Je ne sais pas")
    await pick(shown, "CAP ou BEP", "Continuer")
    await shown.tap("Je ne sais pas encore")
    await pick(shown, "Tout de suite", "Continuer")
    await pick(shown, "30\u00a0km", "Continuer")
    await pick(shown, "À vélo", "Continuer")
    await shown.tap("Continuer")


def test_a_finger_goes_from_the_notice_to_the_slip() -> None:
    async def turn(shown: Shown, visit: Visit, desk: Desk) -> None:
        await whole_way(shown, visit, desk)
        for _ in range(5):
            if "Confirmer, recevoir mon code" in shown.words():
                break
            await shown.tap("Suite")
        assert "Cette préparation n’est pas une inscription." in shown.words()
        await shown.tap("Confirmer, recevoir mon code")
        assert "C’est préparé." in shown.words()

    _, desk = show(turn)
    sealed = desk.sealed[0]
    assert (sealed["nom_naissance"], sealed["prenoms"]) == ("Lefèvre-N’Diaye", "Awa")
    assert (sealed["date_naissance"], sealed["telephone"]) == ("1998-04-05", "0692 12 34 56")
    assert (sealed["commune"], sealed["situation"]) == ("Saint-Denis", ["en_emploi", "en_formation"])


def test_the_full_privacy_text_is_read_and_left_without_going_on() -> None:
    async def turn(shown: Shown, visit: Visit, desk: Desk) -> None:
        notice = shown.words()
        await shown.tap("Lire le texte complet")
        assert "Qui est responsable" in shown.words()
        await shown.tap("Revenir au résumé")
        assert shown.words() == notice
        await shown.tap("Lire le texte complet")
        await shown.tap("Retour")
        assert shown.words() == notice

    show(turn)


def test_the_slip_turns_green_by_itself_once_the_hub_has_answered() -> None:

    async def turn(shown: Shown, visit: Visit, desk: Desk) -> None:
        for _ in range(5):
            if "Confirmer" in " ".join(shown.touchables()):
                break
            await shown.tap("Suite")
        await shown.tap("Confirmer, recevoir mon code")
        assert "Envoi en cours." in shown.words()
        assert "Envoyé" not in shown.words()
        desk.state = DeliveryView("received", desk.moment)
        for _ in range(40):
            await asyncio.sleep(LOOK_AGAIN_S / 10)
            await shown.settle()
            if "Envoyé à" in shown.words():
                break
        assert "Envoyé à 10\u00a0h\u00a042." in shown.words()
        assert "Cette préparation n’est pas une inscription." in shown.words()
        assert "Lefèvre" not in shown.words()

    show(turn, until=steps.RECAP)


def test_nothing_runs_on_after_the_end_of_the_visit() -> None:

    async def turn(shown: Shown, visit: Visit, desk: Desk) -> None:
        for _ in range(5):
            if "Confirmer" in " ".join(shown.touchables()):
                break
            await shown.tap("Suite")
        await shown.tap("Confirmer, recevoir mon code")
        visit.end()
        await asyncio.sleep(LOOK_AGAIN_S + 0.3)
        assert not [task for task in asyncio.all_tasks() if "follow" in repr(task.get_coro())]

    show(turn, until=steps.RECAP)


def test_a_wrong_answer_shows_one_sentence_and_keeps_the_text() -> None:
    async def turn(shown: Shown, visit: Visit, desk: Desk) -> None:
        await shown.type("0692123")
        await shown.tap("Continuer")
        assert "Il manque 3 chiffres." in shown.words()
        boxes = [control for control in shown.walk() if isinstance(control, ft.TextField)]
        assert boxes[0].value == "0692123"

    show(turn, until="telephone")


def test_back_shows_what_was_typed_before() -> None:
    async def turn(shown: Shown, visit: Visit, desk: Desk) -> None:
        await shown.tap("Retour")
        boxes = [control for control in shown.walk() if isinstance(control, ft.TextField)]
        assert boxes[0].value == AWA["adresse"]

    show(turn, until="telephone")


def test_back_from_the_first_screen_leads_to_the_menu() -> None:
    async def turn(shown: Shown, visit: Visit, desk: Desk) -> None:
        await shown.tap("Retour")
        assert visit.place == "/menu"

    show(turn)


def test_a_list_of_forty_six_communes_turns_its_pages() -> None:
    async def turn(shown: Shown, visit: Visit, desk: Desk) -> None:
        await shown.type("51300")
        await shown.tap("Continuer")
        assert "Page 1 sur" in shown.words()
        seen = shown.words()
        await shown.tap("Suite")
        assert "Page 2 sur" in shown.words()
        assert shown.words() != seen

    show(turn, until="code_postal")


def test_no_button_goes_on_before_an_answer_is_chosen() -> None:
    async def turn(shown: Shown, visit: Visit, desk: Desk) -> None:
        assert "Choisissez d’abord une réponse" in shown.words()
        assert not any("Continuer" in face for face in shown.touchables())
        await shown.tap("Je travaille")
        assert any("Continuer" in face for face in shown.touchables())

    show(turn, until="situation")


def test_a_full_disk_is_told_on_the_recapitulation_and_nothing_is_lost() -> None:
    async def turn(shown: Shown, visit: Visit, desk: Desk) -> None:
        desk.disk_full = True
        for _ in range(5):
            if "Confirmer" in " ".join(shown.touchables()):
                break
            await shown.tap("Suite")
        await shown.tap("Confirmer, recevoir mon code")
        assert "Rien n’est perdu." in shown.words()

    show(turn, until=steps.RECAP)


@pytest.mark.parametrize("text", [100, 200])
@pytest.mark.parametrize(
    "step",
    [step.key for step in steps.STEPS if step.key in AWA and step.key != "commune"] + [steps.NOTICE, steps.RECAP],
)
def test_every_screen_is_drawn_in_simple_french_and_large_text(step: str, text: int) -> None:
    async def turn(shown: Shown, visit: Visit, desk: Desk) -> None:
        assert shown.words()

    show(turn, until=step, language="fr-simple", text=text)


def test_the_digit_pad_fills_the_three_fields_in_turn_and_erases_back() -> None:
    fields = Model(Desk(), Visit().drafts)
    walk(fields, AWA, until="date_naissance")
    pad = DatePad(fields.question().fields)
    for key in ("5", "/", "4", "/", "1", "9", "9", "8"):
        pad.press(key)
    assert pad.form == {"jour": "5", "mois": "4", "annee": "1998"}
    for _ in range(5):
        pad.erase()
    assert pad.form == {"jour": "5", "mois": "", "annee": ""}
