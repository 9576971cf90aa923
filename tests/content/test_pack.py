"""What the schema refuses, and how it says so."""

import copy
from datetime import date
from typing import Any

import pytest

from content.errors import InvalidPack
from content.pack import Document, parse, texts
from tests.content.samples import raw, with_block

ILLUSTRATION = {"kind": "illustration", "name": "exemple-semaine", "alt": "Une semaine du lundi au vendredi."}


def faults_of(document: object) -> str:
    with pytest.raises(InvalidPack) as caught:
        parse(document, "contrat/essai.yaml")
    return caught.value.message.replace("\u00a0", " ")


def test_a_sound_document_is_read() -> None:
    document = parse(raw(), "contrat/essai.yaml")
    assert document.id == "essai"
    assert document.stale() == []


@pytest.mark.parametrize("field", ["id", "flow", "version", "legal", "valid_to", "review_by", "source", "variants"])
def test_a_missing_field_is_named_with_its_file(field: str) -> None:
    document = raw()
    del document[field]
    assert faults_of(document) == f"contrat/essai.yaml, champ « {field} » : ce champ manque."


def test_a_field_that_does_not_exist_is_refused() -> None:
    document = raw()
    document["expires"] = date(2027, 1, 1)
    assert "champ « expires » : ce champ n’existe pas" in faults_of(document)


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ({"kind": "video", "text": "Un film."}, "cette sorte de bloc n’existe pas"),
        ({"text": "Sans sorte."}, "le champ kind manque"),
        ({"kind": "text", "text": ""}, "ce texte est vide"),
        ({"kind": "text", "text": "a" * 401}, "ce texte dépasse 400 caractères"),
        ({"kind": "text", "text": 15}, "un texte est attendu"),
        ({"kind": "text", "text": "<b>gras</b>"}, "le texte est nu"),
        ({"kind": "text", "text": "voir https://exemple.fr"}, "le texte est nu"),
        ({"kind": "text", "text": "**gras**"}, "le texte est nu"),
        ({"kind": "text", "text": " espaces "}, "retirez les espaces"),
        ({"kind": "text", "text": "{inconnu}"}, "n’existe pas ; choisissez parmi"),
        ({"kind": "text", "text": "{operator"}, "une accolade n’est pas fermée"),
        ({"kind": "list", "items": []}, "il manque des éléments"),
        ({"kind": "notice", "text": "Attention.", "tone": "rouge"}, "cette valeur n’est pas permise"),
        ({"kind": "illustration", "name": "exemple-semaine"}, "ce champ manque"),
        ({**ILLUSTRATION, "alt": ""}, "ce texte est vide"),
        ({**ILLUSTRATION, "name": "licorne"}, "cette illustration n’existe pas"),
        ({"kind": "phone", "number": "allô", "text": "Qui", "verified_on": date(2027, 1, 1)}, "la forme attendue"),
        ({"kind": "phone", "number": "15", "text": "Samu"}, "ce champ manque"),
    ],
)
def test_a_bad_block_is_refused_in_french(block: dict[str, Any], words: str) -> None:
    said = faults_of(with_block(block))
    assert words in said
    assert "variants.fr.blocks.0" in said


def test_every_fault_is_told_at_once() -> None:
    document = raw()
    del document["owner"]
    document["order"] = 0
    assert len(faults_of(document).splitlines()) == 2


def test_a_typed_text_is_never_in_an_error() -> None:
    assert "Licorne" not in faults_of(with_block({"kind": "text", "text": "<b>Licorne</b>"}))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"valid_to": date(2026, 1, 1)}, "valid_to est avant valid_from"),
        ({"review_by": date(2027, 1, 1)}, "review_by est à mettre après valid_from"),
        ({"nav": []}, "il manque des éléments"),
        ({"nav": [{"to": "@nowhere", "label": {"fr": "Aller", "fr-simple": "Aller"}}]}, "cette sortie n’existe pas"),
        ({"nav": [{"to": "@home", "label": {"fr": "Revenir"}}]}, "un libellé par langue"),
        ({"id": "Écran 1"}, "la forme attendue"),
        ({"valid_from": "2027-01-01"}, "une date est attendue"),
    ],
)
def test_a_bad_document_is_refused_in_french(changes: dict[str, Any], words: str) -> None:
    document = raw()
    document.update(changes)
    assert words in faults_of(document)


def test_a_document_without_french_is_refused() -> None:
    document = raw()
    del document["variants"]["fr"]
    document["nav"] = [{"to": "@home", "label": {"fr-simple": "Revenir"}}]
    assert "la variante française « fr » manque" in faults_of(document)


def test_a_translation_says_who_made_it_and_from_what() -> None:
    document = raw()
    document["variants"]["fr-simple"]["translated_by"] = None
    assert "made_from et translated_by sont à remplir" in faults_of(document)


def test_a_review_has_a_name_and_a_date_together() -> None:
    document = raw()
    document["variants"]["fr"]["reviewed_by"] = "Une lectrice"
    assert "reviewed_by et reviewed_on vont ensemble" in faults_of(document)


def test_a_screen_holds_one_idea() -> None:
    document = raw()
    document["variants"]["fr"]["blocks"] = [{"kind": "text", "text": "Une phrase."}] * 9
    assert "un écran porte une idée" in faults_of(document)


@pytest.mark.parametrize("change", ["title", "block", "button"])
def test_a_variant_is_stale_when_its_french_source_changes(change: str) -> None:
    document = copy.deepcopy(raw())
    if change == "title":
        document["variants"]["fr"]["title"] = "Vos autres droits"
    elif change == "block":
        document["variants"]["fr"]["blocks"][0]["text"] = "Deux référents vous suivent."
    else:
        document["nav"][0]["label"]["fr"] = "Partir"
    assert parse(document, "essai.yaml").stale() == ["fr-simple"]


def test_the_reviewer_and_the_dates_do_not_make_a_variant_stale() -> None:
    document = raw()
    document["variants"]["fr"].update(reviewed_by="Une lectrice", reviewed_on=date(2027, 1, 2))
    document["valid_to"] = date(2027, 6, 1)
    assert parse(document, "essai.yaml").stale() == []


def test_every_shown_text_is_found_with_its_field() -> None:
    document = with_block({**ILLUSTRATION, "text": "Légende", "legend": [{"sign": "groupe", "text": "Un atelier"}]})
    variant = Document.model_validate(document).variants["fr"]
    assert dict(texts(variant)) == {
        "title": "Vos droits",
        "blocks.0.alt": "Une semaine du lundi au vendredi.",
        "blocks.0.text": "Légende",
        "blocks.0.legend.0.text": "Un atelier",
    }
