"""The whole way of a prepared registration, without a screen."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.models import answers
from kiosk.models import registration_steps as steps
from kiosk.models.registration import DRAFT, Registration
from kiosk.models.registration_recap import RecapLine, recap_pages
from kiosk.visit import Drafts
from kiosk.words.registration import WORDS
from tests.kiosk.models.registration_world import AWA, Desk, reply, walk


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def model(desk: Desk) -> Registration:
    return Registration(desk, Drafts())


def test_what_was_typed_is_what_is_sealed(desk: Desk, model: Registration) -> None:
    walk(model, AWA)
    assert model.confirm() is None
    assert desk.sealed == [
        {
            "deja_inscrit": "non", "numero_france_travail": None, "civilite": "madame",
            "nom_naissance": "Lefèvre-N’Diaye", "nom_usage": None, "prenoms": "Awa Zoé",
            "date_naissance": "1998-04-05", "pays_naissance": "France", "commune_naissance": "Saint-Denis (974)",
            "code_postal": "97490", "commune_code": "97411", "commune": "Saint-Denis",
            "adresse": "3 bis, rue de l’Église", "telephone": "0692 12 34 56", "courriel": "awa@exemple.fr",
            "situation": ["sans_emploi", "en_formation"], "fin_dernier_contrat": "2026-09-30", "niveau": "NV4",
            "metier_vise": "Aide à domicile", "disponibilite": "tout_de_suite", "mobilite_km": 20,
            "mobilite_moyen": ["voiture", "velo"], "langue": "rcf", "notice_version": "confidentialite-v3",
            "notice_lue_le": "2026-11-17T09:42:00Z",
        }
    ]  # fmt: skip
    assert tuple(sorted(desk.sealed[0])) == tuple(sorted(answers.SEALED_KEYS))


def test_the_notice_comes_before_any_field_and_the_first_question_is_already_registered(model: Registration) -> None:
    met = walk(model, AWA)
    assert met[:2] == [steps.NOTICE, "deja_inscrit"]


def test_a_person_with_one_name_no_phone_no_address_and_no_email_passes(desk: Desk, model: Registration) -> None:
    walk(
        model,
        {
            "deja_inscrit": ["ne_sait_pas"],
            "nom_naissance": "Suharto",
            "date_naissance": ("1", "1", "1990"),
            "langue": ["fr"],
        },
    )
    assert model.confirm() is None
    sealed = desk.sealed[0]
    assert sealed["nom_naissance"] == "Suharto"
    empty = ("prenoms", "telephone", "courriel", "code_postal", "commune", "commune_code", "adresse", "pays_naissance")
    assert all(sealed[key] is None for key in empty)


def test_the_questions_about_work_may_be_left_at_once(desk: Desk, model: Registration) -> None:
    met = walk(model, AWA, until="situation")
    assert model.question().skip_more == "Passer les questions sur le travail"
    model.skip_about_work()
    assert model.place() == "langue", "nobody else can say in what language to help"
    assert model.question().skip_more is None
    assert len([*met, "langue", steps.RECAP]) <= 18
    walk(model, AWA)
    assert model.confirm() is None
    for key in ("situation", "fin_dernier_contrat", "niveau", "metier_vise", "disponibilite", "mobilite_km"):
        assert desk.sealed[0][key] is None
    assert desk.sealed[0]["nom_naissance"] == AWA["nom_naissance"]


def test_back_from_what_was_left_finds_each_question_again(model: Registration) -> None:
    walk(model, AWA, until="situation")
    model.skip_about_work()
    for _ in range(20):
        if model.place() == "situation":
            break
        assert model.back()
    assert model.question().skip_more


def test_a_correction_of_one_answer_leaves_only_that_one(desk: Desk, model: Registration) -> None:
    walk(model, AWA)
    model.modify("situation")
    assert model.question().skip_more is None
    model.skip_about_work()
    assert model.place() == "situation"


def test_someone_already_registered_is_told_so_and_may_still_prepare(model: Registration) -> None:
    met = walk(model, {**AWA, "deja_inscrit": ["oui"], "numero_france_travail": "1234567A"})
    assert met[:4] == [steps.NOTICE, "deja_inscrit", "deja_oui", "numero_france_travail"]


def test_someone_born_abroad_is_asked_a_country_and_a_city(desk: Desk, model: Registration) -> None:
    person = {**AWA, "lieu_naissance": ["autre"], "pays_naissance": "Comores", "ville_naissance": "Moroni"}
    met = walk(model, person)
    assert "commune_naissance" not in met
    assert model.confirm() is None
    assert (desk.sealed[0]["pays_naissance"], desk.sealed[0]["commune_naissance"]) == ("Comores", "Moroni")


def test_a_country_that_no_longer_exists_is_kept_as_typed(desk: Desk, model: Registration) -> None:
    walk(model, {**AWA, "lieu_naissance": ["autre"], "pays_naissance": "Yougoslavie", "ville_naissance": None})
    model.confirm()
    assert desk.sealed[0]["pays_naissance"] == "Yougoslavie"


def test_an_ambiguous_country_is_asked_and_what_is_not_listed_is_kept_as_typed(desk: Desk, model: Registration) -> None:
    walk(
        model,
        {**AWA, "lieu_naissance": ["autre"], "pays_naissance": "Guinée", "pays_choix": ["-"], "ville_naissance": None},
    )
    model.confirm()
    assert desk.sealed[0]["pays_naissance"] == "Guinée"


def test_a_postal_code_with_one_commune_does_not_ask_which(desk: Desk, model: Registration) -> None:
    assert "commune" not in walk(model, {**AWA, "code_postal": "33000"})
    model.confirm()
    assert (desk.sealed[0]["commune"], desk.sealed[0]["commune_code"]) == ("Bordeaux", "33063")


def test_a_postal_code_that_does_not_exist_is_refused(model: Registration) -> None:
    walk(model, AWA, until="code_postal")
    assert reply(model, "99999") == WORDS["reg.error.postal_unknown"]["fr"]
    assert model.place() == "code_postal"


def test_going_back_from_anywhere_keeps_every_answer(model: Registration) -> None:
    met = walk(model, AWA)
    assert model.back()
    for key in reversed(met):
        question = model.question()
        assert question.key == key
        assert _shows(question, AWA.get(key)), key
        assert model.back() == (key != steps.NOTICE)
    walk(model, AWA)
    assert model.recap()


def _shows(question, given: object) -> bool:  # type: ignore[no-untyped-def]
    if isinstance(given, tuple):
        return tuple(field.value for field in question.fields) == given
    if isinstance(given, str):
        return bool(question.fields[0].value == given)
    if isinstance(given, list):
        return [option.value for option in question.options if option.selected] == given
    return True


def test_going_back_keeps_even_what_is_not_finished(model: Registration) -> None:
    walk(model, AWA, until="telephone")
    assert model.back({"telephone": "06 1"})
    reply(model, AWA["adresse"])
    assert model.question().fields[0].value == "06 1"


def test_a_wrong_answer_stays_to_be_corrected_with_one_sentence(model: Registration) -> None:
    walk(model, AWA, until="telephone")
    assert reply(model, "069212345") == "Il manque 1 chiffre."
    assert reply(model, "0692123") == "Il manque 3 chiffres."
    assert model.question().fields[0].value == "0692123"
    assert model.place() == "telephone"


def test_modify_returns_to_the_recapitulation(model: Registration) -> None:
    walk(model, AWA)
    model.modify("prenoms")
    assert reply(model, "Awa") is None
    assert model.place() == steps.RECAP
    assert [line.value for line in model.recap() if line.step == "prenoms"] == ["Awa"]


def test_modify_then_back_returns_to_the_recapitulation_unchanged(model: Registration) -> None:
    walk(model, AWA)
    before = model.recap()
    model.modify("prenoms")
    assert model.back({"prenoms": "Awa"})
    assert model.place() == steps.RECAP
    assert model.recap() == before


def test_a_change_that_opens_new_questions_asks_them_before_the_recapitulation(desk: Desk, model: Registration) -> None:
    walk(model, AWA)
    model.modify("lieu_naissance")
    reply(model, ["autre"])
    assert walk(model, {"pays_naissance": "Comores", "ville_naissance": "Moroni"}) == [
        "pays_naissance",
        "ville_naissance",
    ]
    model.confirm()
    assert desk.sealed[0]["commune_naissance"] == "Moroni"


def test_another_postal_code_forgets_the_commune_and_asks_again(desk: Desk, model: Registration) -> None:
    walk(model, AWA)
    model.modify("code_postal")
    reply(model, "41300")
    if model.place() == "commune":
        assert model.back()
        assert model.place() == "code_postal"
        reply(model, "41300")
        reply(model, [model.question().options[0].value])
    assert model.place() == steps.RECAP
    model.confirm()
    assert str(desk.sealed[0]["commune_code"]).startswith("41")


def test_answers_of_a_way_left_behind_are_not_sealed(desk: Desk, model: Registration) -> None:
    walk(model, {**AWA, "deja_inscrit": ["oui"], "numero_france_travail": "12345678901"})
    model.modify("deja_inscrit")
    reply(model, ["non"])
    model.confirm()
    assert desk.sealed[0]["numero_france_travail"] is None


def test_confirming_twice_prepares_once_and_asks_for_a_round(desk: Desk, model: Registration) -> None:
    walk(model, AWA)
    assert model.confirm() is None
    assert model.confirm() is None
    assert (len(desk.sealed), desk.rounds_asked) == (1, 1)


def test_a_full_disk_loses_nothing(desk: Desk, model: Registration, caplog: pytest.LogCaptureFixture) -> None:
    walk(model, AWA)
    desk.disk_full = True
    assert model.confirm() == WORDS["reg.error.not_saved"]["fr"]
    assert "DiskFull" in caplog.text
    assert "Lefèvre" not in caplog.text
    assert model.place() == steps.RECAP
    desk.disk_full = False
    assert model.confirm() is None
    assert len(desk.sealed) == 1


def test_after_confirming_nothing_of_the_answers_can_be_read_here() -> None:
    drafts = Drafts()
    model = Registration(Desk(), drafts)
    walk(model, AWA)
    model.confirm()
    assert "Lefèvre" not in str(drafts.get(DRAFT))
    assert model.place() == steps.SLIP
    assert model.prepared() is not None


def test_confirming_before_the_end_is_refused(desk: Desk, model: Registration) -> None:
    walk(model, AWA, until="telephone")
    assert model.confirm() is not None
    assert desk.sealed == []


def test_a_wiped_visit_forgets_everything() -> None:
    drafts = Drafts()
    model = Registration(Desk(), drafts)
    walk(model, AWA)
    drafts.wipe()
    assert model.place() == steps.NOTICE
    assert all(not line.given for line in model.recap() if line.step != "langue")
    assert "Lefèvre" not in repr(vars(model))
    assert model.confirm() is not None


def test_the_same_visit_finds_its_draft_again_and_another_visit_does_not(desk: Desk) -> None:
    drafts = Drafts()
    walk(Registration(desk, drafts), AWA, until="telephone")
    assert Registration(desk, drafts).place() == "telephone"
    assert Registration(desk, Drafts()).place() == steps.NOTICE


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.text(st.characters(categories=["Lu", "Ll", "Lo"]), min_size=1, max_size=30),
    sign=st.sampled_from(["-", "’", "'", " "]),
)
def test_any_name_arrives_as_it_was_typed(name: str, sign: str) -> None:
    desk = Desk()
    model = Registration(desk, Drafts())
    typed = f"{name}{sign}É"
    walk(model, {**AWA, "nom_naissance": typed})
    model.confirm()
    assert desk.sealed[0]["nom_naissance"] == answers.tidy(typed)


@pytest.mark.parametrize("language", ["fr", "fr-simple"])
def test_every_step_and_every_choice_has_its_words(language: str) -> None:
    for step in steps.STEPS:
        assert f"reg.section.{step.section}" in WORDS
        assert step.key == steps.RECAP or f"reg.q.{step.key}.title" in WORDS
        assert not step.skippable or f"reg.q.{step.key}.skip" in WORDS
        assert all(f"reg.c.{step.key}.{code}" in WORDS for code in step.codes)


def test_no_step_asks_what_may_not_be_held() -> None:
    words = " ".join(text for variants in WORDS.values() for text in variants.values()).lower()
    for forbidden in ("sécurité sociale", "rib", "salaire", "carte vitale", "handicap", "photo d’identité"):
        assert forbidden not in words.split()


def test_the_mandatory_sentence_is_said_word_for_word() -> None:
    said = f"{WORDS['reg.mandatory']['fr']} {WORDS['reg.mandatory_more']['fr']}"
    expected = (
        "Cette préparation n’est pas une inscription. "
        "Votre inscription prend effet seulement quand France Travail l’a enregistrée."
    )
    assert said.replace("\u00a0", " ") == expected


@given(st.integers(0, 40), st.integers(1, 12), st.integers(0, 12))
def test_the_pages_of_the_recapitulation_hold_every_line_once(count: int, full: int, last: int) -> None:
    lines = [RecapLine(str(at), "", "", True) for at in range(count)]
    pages = recap_pages(lines, full, last)
    assert [line for page in pages for line in page] == lines
    assert all(len(page) <= full for page in pages[:-1])
    assert len(pages[-1]) <= last


def test_no_page_of_the_recapitulation_is_nearly_empty_before_the_last() -> None:
    lines = [RecapLine(str(at), "", "", True) for at in range(17)]
    assert [len(page) for page in recap_pages(lines, 8, 6)] == [6, 6, 5]
