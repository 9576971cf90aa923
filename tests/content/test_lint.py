"""Each rule of the lint, red on a planted fault and green without it."""

import copy
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.lint import REQUIRED_FLOWS, WORDS_MAX, Fault, lint
from content.pack import Document, parse
from tests.content.samples import TODAY, complete, raw, with_block

ALT = "Une semaine du lundi au vendredi."


def found_in(*documents: dict[str, Any], now: date = TODAY) -> list[Fault]:
    parsed = complete(*documents)
    return lint(parsed, [f"{document.id}.yaml" for document in parsed], now=now)


def messages(faults: list[Fault]) -> str:
    return "\n".join(f"{fault.level} {fault.field} {fault.message}" for fault in faults)


def said(text: str, language: str = "fr") -> str:
    return messages(found_in(with_block({"kind": "text", "text": text}, language)))


def test_a_sound_release_has_no_fault() -> None:
    assert found_in(raw()) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (" ".join(["mot"] * 21) + ".", "une phrase de 21 mots, 20 au plus"),
        ("Demandez la VAE.", "le sigle VAE n’est pas connu"),
        ("Vous avez le RSA.", "le sigle RSA est seul"),
        ("Est-ce clair?", "espace insécable"),
        ("Voici: la suite.", "espace insécable"),
        ("Dites «oui».", "espace insécable"),
        ("Attendez...", "trois points"),
        ("Veuillez attendre.", "« veuillez » est à retirer"),
        ("Chaque usager attend.", "« usager » est à retirer"),
        ("C’est fait !", "« ! » est à retirer"),
        ("Une baisse de 30 %.", "un pourcentage est à retirer"),
    ],
)
def test_a_faulty_sentence_is_refused(text: str, words: str) -> None:
    assert words in said(text)


@pytest.mark.parametrize(
    "text",
    [
        " ".join(["mot"] * 20) + ".",
        "Le revenu de solidarité active (RSA) est versé par la caisse d'allocations familiales (CAF).",
        "Est-ce clair ? Dites « oui » : c'est tout.",
        "15 heures d'activité.",
    ],
)
def test_a_right_sentence_passes(text: str) -> None:
    assert said(text) == ""


@settings(deadline=None)
@given(st.integers(1, 30))
def test_a_simple_sentence_has_twelve_words_at_most(count: int) -> None:
    text = " ".join(["mot"] * count) + "."
    assert ("coupez-la" in said(text, "fr-simple")) == (count > WORDS_MAX["fr-simple"])


@pytest.mark.parametrize("place", ["title", "items", "alt", "button"])
def test_long_sentences_are_found_wherever_they_are_shown(place: str) -> None:
    long = " ".join(["mot"] * 13)
    document = raw()
    simple = document["variants"]["fr-simple"]
    if place == "title":
        simple["title"] = long
    elif place == "items":
        simple["blocks"] = [{"kind": "list", "items": [long]}]
    elif place == "alt":
        simple["blocks"] = [{"kind": "illustration", "name": "exemple-semaine", "alt": long}]
    else:
        document["nav"][0]["label"]["fr-simple"] = long
    assert "une phrase de 13 mots" in messages(found_in(document))


def test_an_alternative_text_that_says_nothing_is_refused() -> None:
    block = {"kind": "illustration", "name": "exemple-semaine", "alt": "Image."}
    assert "dites en une phrase" in messages(found_in(with_block(block)))
    assert found_in(with_block({**block, "alt": ALT})) == []


def test_a_list_to_tick_has_the_same_lines_in_every_language() -> None:
    document = raw()
    document["variants"]["fr"]["blocks"].append({"kind": "checklist", "items": ["une pièce", "un courrier"]})
    document["variants"]["fr-simple"]["blocks"].append({"kind": "checklist", "items": ["une pièce"]})
    assert "même nombre de lignes" in messages(found_in(document))
    document["variants"]["fr-simple"]["blocks"][-1]["items"].append("une lettre")
    assert found_in(document) == []


def test_a_legal_screen_without_source_is_refused() -> None:
    assert "un écran de droit a une source" in messages(found_in(raw(source=[])))
    assert found_in(raw(source=[], legal=False)) == []


def test_a_source_read_in_the_future_is_refused() -> None:
    source = [{"label": "Code du travail", "read_on": date(2027, 1, 16)}]
    assert "dans le futur" in messages(found_in(raw(source=source)))


def test_a_missing_simple_variant_is_refused() -> None:
    document = raw()
    del document["variants"]["fr-simple"]
    del document["nav"][0]["label"]["fr-simple"]
    assert "error variants.fr-simple cette langue manque" in messages(found_in(document))


def test_a_stale_variant_is_refused_with_the_hash_to_write() -> None:
    document = raw()
    document["variants"]["fr"]["title"] = "Vos autres droits"
    parsed = [parse(document, "essai.yaml"), *complete()]
    told = messages(lint(parsed, [f"{d.id}.yaml" for d in parsed], now=TODAY))
    assert "le texte français a changé" in told
    assert parsed[0].source_hash() in told


def test_a_way_to_nowhere_is_refused() -> None:
    nav = [{"to": "nulle-part", "label": {"fr": "Suite", "fr-simple": "Suite"}}]
    assert "l’écran « nulle-part » n’existe pas" in messages(found_in(raw(nav=nav)))


def test_a_loop_without_a_way_out_is_a_dead_end() -> None:
    def leads_to(name: str) -> list[dict[str, Any]]:
        return [{"to": name, "label": {"fr": "Suite", "fr-simple": "Suite"}}]

    loop = [raw(id="un", nav=leads_to("deux")), raw(id="deux", order=2, nav=leads_to("un"))]
    assert messages(found_in(*loop)).count("impasse") == 2
    with_exit = copy.deepcopy(loop)
    with_exit[1]["nav"] += leads_to("@home")
    assert found_in(*with_exit) == []


def test_two_editions_never_hold_on_the_same_day() -> None:
    first, second = raw(valid_to=date(2027, 2, 1)), raw(version=2, valid_from=date(2027, 2, 1))
    assert "une autre édition de cet écran vaut le même jour" in messages(found_in(first, second))
    second["valid_from"] = date(2027, 2, 2)
    assert found_in(first, second) == []


def test_two_editions_never_bear_the_same_number() -> None:
    later = raw(valid_from=date(2027, 2, 2))
    assert "a deux éditions 1" in messages(found_in(raw(valid_to=date(2027, 2, 1)), later))


def test_a_screen_stays_in_its_flow() -> None:
    later = raw(version=2, flow="possible", valid_from=date(2027, 2, 2))
    assert "dans deux parcours" in messages(found_in(raw(valid_to=date(2027, 2, 1)), later))


@pytest.mark.parametrize("flow", REQUIRED_FLOWS)
def test_a_release_has_the_flows_the_kiosk_opens(flow: str) -> None:
    documents: list[Document] = [document for document in complete(raw()) if document.flow != flow]
    assert f"« {flow} »" in messages(lint(documents, [d.id for d in documents], now=TODAY))


@pytest.mark.parametrize("field", ["valid_to", "review_by"])
def test_a_date_that_has_passed_is_a_warning(field: str) -> None:
    faults = found_in(raw(**{field: date(2027, 1, 14)}))
    assert [(fault.level, fault.field) for fault in faults] == [("warning", field)]


def test_a_fault_is_told_in_french_with_its_file() -> None:
    fault = found_in(raw(source=[]))[0]
    assert str(fault) == "essai.yaml, champ «\u00a0source\u00a0»\u00a0: un écran de droit a une source au moins."
