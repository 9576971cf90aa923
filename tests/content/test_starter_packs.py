"""The starter packs themselves: sound, honest, complete."""

import re
from datetime import date

import pytest

from content.build import compile_screen, read_sources
from content.lint import lint
from content.pack import ILLUSTRATIONS, Document, PhoneBlock
from content.shelf import Shelf
from content.typography import faults, sentences, words
from content.view import UNKNOWN_VALUE

SOURCES = read_sources()
DOCUMENTS = SOURCES.documents
NOW = date(2026, 11, 23)
SHELF = Shelf.open()


def identifiers(documents: tuple[Document, ...]) -> list[str]:
    return [document.id for document in documents]


def shown(document: Document, language: str) -> list[str]:
    screen = compile_screen(document, language)
    blocks = [(b.text, b.name, b.alt, b.detail, *b.items, *(sign.text for sign in b.legend)) for b in screen.blocks]
    return [text for text in (screen.title, *(t for block in blocks for t in block)) if text]


def test_the_starter_packs_have_no_fault_at_all() -> None:
    assert [str(fault) for fault in lint(DOCUMENTS, SOURCES.files, now=NOW, addresses=SOURCES.addresses)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=identifiers(DOCUMENTS))
def test_simple_french_sentences_have_twelve_words_at_most(document: Document) -> None:
    long = [s for text in shown(document, "fr-simple") for s in sentences(text) if len(words(s)) > 12]
    assert long == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=identifiers(DOCUMENTS))
def test_what_is_shown_is_typeset(document: Document) -> None:
    for language in document.variants:
        assert [text for text in shown(document, language) if faults(text, language)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=identifiers(DOCUMENTS))
def test_a_file_bears_the_name_of_its_screen(document: Document) -> None:
    file = SOURCES.files[DOCUMENTS.index(document)]
    assert file.endswith(f"/{document.id}.yaml")


def test_the_contract_is_explained_in_eight_screens() -> None:
    for language in ("fr", "fr-simple"):
        screens = SHELF.screens("contrat", language, now=NOW)
        assert [screen.order for screen in screens] == list(range(1, 9))
        assert {screen.language for screen in screens} == {language}
        assert all(screen.sources for screen in screens)
    assert SHELF.screens("contrat", "fr", now=NOW)[0].title == "À quoi sert le contrat d’engagement\u00a0?"


def test_the_contract_bears_its_legal_name_and_no_pressure() -> None:
    texts = [text for document in DOCUMENTS for language in document.variants for text in shown(document, language)]
    whole = " ".join(texts)
    assert "contrat d’engagement (CER)" in whole
    assert "Ce n’est pas automatique" in whole
    assert not re.search(r"%|pour cent|réciproque", whole, re.IGNORECASE)
    assert not re.search(r"vous êtes (bien )?inscrit|inscription validée", whole, re.IGNORECASE)


def test_only_verified_emergency_numbers_are_published() -> None:
    for language in ("fr", "fr-simple"):
        numbers = [b.number for b in SHELF.emergencies(language, now=NOW).blocks if b.kind == "phone"]
        assert numbers == ["15", "17", "18", "112", "114"]
    published = {
        b.number for d in DOCUMENTS for v in d.variants.values() for b in v.blocks if isinstance(b, PhoneBlock)
    }
    assert published == {"15", "17", "18", "112", "114", "3949"}


def test_the_privacy_notice_is_short_versioned_and_honest_about_what_is_missing() -> None:
    notice = SHELF.privacy_notice("fr", now=NOW)
    assert notice.version_id == "confidentialite-v1"
    assert len(notice.blocks) <= 5
    empty = " ".join(notice.filled({}).speech)
    assert f"Responsable\u00a0: {UNKNOWN_VALUE}." in empty
    assert "Cette préparation n’est pas une inscription." in empty
    assert len(SHELF.privacy_full("fr", now=NOW)) == 4
    assert "{" not in "".join(text for s in SHELF.privacy_full("fr-simple", now=NOW) for text in s.filled({}).speech)


def test_the_glossary_is_in_the_order_of_the_alphabet() -> None:
    for language in ("fr", "fr-simple"):
        terms = SHELF.glossary(language, now=NOW)
        assert len(terms) > 20
        assert all(term.name and term.text for term in terms)
    assert [term.name for term in terms][:2] == ["Actualisation", "Allocation"]


def test_what_is_possible_here_has_its_ten_answers() -> None:
    screens = SHELF.screens("possible", "fr", now=NOW)
    assert len(screens) == 10
    assert all(screen.blocks[0].kind == "keyfact" for screen in screens)
    assert all("@possible" in {nav.to for nav in screen.nav} for screen in screens)


def test_every_text_is_in_english_and_arabic_beside_the_french() -> None:
    for document in (*DOCUMENTS, *(address for address, _ in SOURCES.addresses)):
        assert set(document.variants) == {"fr", "fr-simple", "en", "ar"}, document.id


@pytest.mark.parametrize("document", DOCUMENTS, ids=identifiers(DOCUMENTS))
def test_a_translation_is_in_the_letters_of_its_language(document: Document) -> None:
    arabic = re.compile(r"[\u0621-\u064a]")
    same = {"France Travail", "Cap emploi", "France Services", "Point Contact", *ILLUSTRATIONS}
    assert [text for text in shown(document, "ar") if not arabic.search(text) and text not in same] == []
    assert [text for text in shown(document, "en") if arabic.search(text)] == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_law_is_withheld_until_it_is_reviewed_and_the_rest_is_shown_with_its_french(language: str) -> None:
    views = [view for flow in SHELF.flows for view in SHELF.screens(flow, language, now=NOW)]
    assert len(views) == len(DOCUMENTS)
    for view in views:
        expected = ("fr-simple", "unreviewed", None) if view.legal else (language, "", "fr")
        beside = view.french.language if view.french else None
        assert (view.language, view.withheld, beside) == expected, view.id
    assert {view.flow for view in views if not view.legal} >= {"urgences", "glossaire", "possible", "affiches"}


def test_no_starter_text_claims_a_review_it_has_not_had() -> None:
    for document in DOCUMENTS:
        for variant in document.variants.values():
            assert variant.reviewed_by is None
        assert compile_screen(document, "fr-simple").label == "Version simplifiée"
