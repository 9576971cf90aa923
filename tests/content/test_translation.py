"""Other languages than French: what a translation must have in common with it, who read it, and when it is shown."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from content.address import parse_address
from content.build import compile_release, read_sources, write_release
from content.errors import InvalidPack
from content.lint import Fault, lint
from content.pack import TRANSLATED, Document, parse
from content.shelf import Shelf
from content.translation import file_of, join_address, join_screen, place
from tests.content.samples import TODAY, complete, joined, of_documents, raw, reviewed, stamped, translation, write

BLOCKS: list[dict[str, Any]] = [
    {"kind": "text", "text": "Vous avez 10 jours pour répondre, sur francetravail.fr."},
    {"kind": "list", "text": "Où aller :", "items": ["à l'accueil de {site_name}", "au 3949"]},
    {"kind": "illustration", "name": "exemple-semaine", "alt": "Une semaine du lundi au vendredi.",
     "legend": [{"sign": "recherche", "text": "Chercher"}]},
    {"kind": "phone", "number": "3949", "text": "France Travail", "verified_on": date(2026, 11, 21)},
    {"kind": "notice", "text": "À lire.", "tone": "attention"},
]  # fmt: skip
BOTH: dict[str, dict[str, Any]] = {"en": {}, "ar": {}}


def french(*, legal: bool = True, **changes: Any) -> Document:
    document = raw(legal=legal, **changes)
    for variant in document["variants"].values():
        variant["blocks"] = [dict(block) for block in BLOCKS]
    return parse(stamped(document), "essai.yaml")


def with_words(which: int, **changes: Any) -> list[dict[str, Any]]:
    """The blocks of the French, one of them changed."""
    blocks: list[dict[str, Any]] = translation(french())["blocks"]
    return [{**block, **changes} if at == which else block for at, block in enumerate(blocks)]


def found_in(document: Document, now: date = TODAY) -> list[Fault]:
    whole = [document, *complete()]
    return lint(whole, [f"{one.id}.yaml" for one in whole], now=now)


def said(document: Document) -> str:
    return "\n".join(f"{one.level} {one.file} {one.field} {one.message}" for one in found_in(document))


def opened(folder: Path, *documents: Document) -> Shelf:
    write_release(compile_release(of_documents(*documents)), folder / "compiled")
    return Shelf.open(folder / "compiled")


# How a translation is built ----------------------------------------------------------------------------


def test_two_translations_built_as_their_french_have_no_fault() -> None:
    assert found_in(joined(french(legal=False), **BOTH)) == []
    assert found_in(reviewed(french(), **BOTH)) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"blocks": with_words(0)[:-1]}, "il y a 4 blocs, le français en a 5"),
        ({"blocks": [*with_words(0)[1:], with_words(0)[0]]}, "n’est pas fait comme celui du français"),
        ({"blocks": with_words(1, items=["à l'accueil de {site_name}, au 3949"])}, "n’est pas fait comme"),
        ({"blocks": with_words(1, text=None)}, "n’est pas fait comme"),
        ({"blocks": with_words(2, legend=[{"sign": "groupe", "text": "Chercher"}])}, "n’est pas fait comme"),
        ({"blocks": with_words(3, number="3919")}, "n’est pas fait comme"),
        ({"blocks": with_words(4, tone="info")}, "n’est pas fait comme"),
        (
            {"blocks": with_words(0, text="You have 15 days to answer, on francetravail.fr.")},
            "il a 10, francetravail.fr",
        ),
        (
            {"blocks": with_words(0, text="لديكم ١٠ أيام للرد، على francetravail.fr.")},
            "ce texte a francetravail.fr, ١٠",
        ),
        ({"blocks": with_words(0, text="You have 10 days to answer.")}, "ce texte a 10"),
        ({"blocks": with_words(1, items=["at reception", "3949"])}, "il a {site_name}"),
        ({"title": "Your 3 rights"}, "il a rien, ce texte a 3"),
        ({"nav": ["Back in 2 minutes"]}, "nombres, accolades"),
        ({"blocks": with_words(4, text="Ask the VAE.")}, "le sigle VAE n’est pas connu"),
        ({"blocks": with_words(4, text="Read this...")}, "trois points"),
    ],
)
def test_a_translation_that_differs_from_its_french_is_refused(changes: dict[str, Any], words: str) -> None:
    told = said(joined(french(legal=False), en=changes, ar={}))
    assert words in told
    assert "error essai.en.yaml" in told


def test_another_language_is_not_held_to_french_typography() -> None:
    document = joined(french(legal=False), en={"title": "Is it clear?"}, ar={"title": "هل هذا واضح؟"})
    assert found_in(document) == []
    files = compile_release(of_documents(document))
    assert '"title":"Is it clear?"' in files["contrat/essai.v1.en.json"].decode()


def test_each_button_has_its_words() -> None:
    with pytest.raises(InvalidPack, match="un par bouton"):
        joined(french(), en={"nav": ["Back", "Continue"]})


@pytest.mark.parametrize("field", ["translated_by", "made_from", "nav", "schema"])
def test_a_translation_says_who_made_it_and_from_what(field: str) -> None:
    words = {name: value for name, value in translation(french()).items() if name != field}
    with pytest.raises(InvalidPack, match=rf"essai\.en\.yaml, champ «\u00a0{field}\u00a0»"):
        join_screen(french(), words, "essai.en.yaml")


# Of which French, and reviewed by whom -----------------------------------------------------------------


def test_a_changed_french_makes_a_translation_stale_and_it_is_reported_but_passes() -> None:
    document = joined(french(), **{name: {"made_from": "0" * 12} for name in BOTH})
    faults = found_in(document)
    assert [(one.level, one.file, one.field) for one in faults] == [
        ("warning", "essai.en.yaml", "made_from"), ("warning", "essai.ar.yaml", "made_from"),
    ]  # fmt: skip
    assert document.source_hash() in faults[0].message


def test_a_review_is_of_the_words_that_were_read() -> None:
    document = reviewed(french(), **BOTH)
    read = document.variants["en"]
    for changes in ({"title": "Your other rights"}, {"nav": ["Away"]}, {"blocks": with_words(4, text="Read on.")}):
        marks = {name: getattr(read, name) for name in ("reviewed_by", "reviewed_on", "reviewed_words")}
        edited = joined(document, en={**marks, **changes})
        told = said(edited)
        assert "ce ne sont pas les mots qui ont été relus" in told
        assert edited.review_hash("en") in told


def test_a_translation_of_another_french_is_reviewed_anew() -> None:
    """The English may stay as it is: whether it is true to the new French, somebody has to say."""
    document = reviewed(french(legal=False), **BOTH)
    marks = {name: getattr(document.variants["en"], name) for name in ("reviewed_by", "reviewed_on", "reviewed_words")}
    words = translation(document)
    changed = french(legal=False, nav=[{"to": "@home", "label": {"fr": "Partir", "fr-simple": "Partir"}}])
    remade = {**words, **marks, "made_from": changed.source_hash()}
    assert "ce ne sont pas les mots qui ont été relus" in said(joined(changed, en=remade, ar={}))


@pytest.mark.parametrize(
    ("marks", "words"),
    [
        ({"reviewed_by": "Équipe Point Contact", "reviewed_on": date(2027, 1, 2)}, "qui a traduit ne relit pas"),
        ({"reviewed_by": "Une lectrice", "reviewed_on": date(2027, 1, 16)}, "dans le futur"),
        ({"reviewed_by": "Une lectrice", "reviewed_on": date(2027, 1, 2)}, "écrivez reviewed_words"),
    ],
)
def test_marks_of_a_review_that_cannot_be_are_refused(marks: dict[str, Any], words: str) -> None:
    assert words in said(joined(french(), en=marks, ar=marks))


def test_a_review_has_a_name_and_a_day_together() -> None:
    with pytest.raises(InvalidPack, match="reviewed_by et reviewed_on vont ensemble"):
        joined(french(), en={"reviewed_by": "Une lectrice"})


# At least two languages beside the French ---------------------------------------------------------------


def test_french_and_one_other_language_alone_are_refused() -> None:
    """Law of 4 August 1994, article 4."""
    assert "en demande deux au moins" in said(joined(french(legal=False), en={}))
    assert found_in(joined(french(legal=False), **BOTH)) == []


def test_one_that_would_not_be_shown_does_not_count() -> None:
    one_stale = joined(french(legal=False), en={}, ar={"made_from": "0" * 12})
    assert "une seule autre langue (en)" in said(one_stale)
    one_reviewed = reviewed(joined(french(), **BOTH), en={})
    assert "relu en une autre encore" in said(one_reviewed)
    assert said(reviewed(joined(french(), **BOTH), **BOTH)) == ""
    assert said(joined(french(), **BOTH)) == "", "law that nobody reviewed is shown in no other language at all"


# What is shown ------------------------------------------------------------------------------------------


def test_a_text_that_is_no_law_is_shown_with_its_french_and_its_marks(tmp_path: Path) -> None:
    document = joined(french(legal=False), en={"title": "Your rights", "nav": ["Back"]}, ar={})
    view = opened(tmp_path, document).screen("essai", "en", now=TODAY)
    assert (view.language, view.title, view.withheld) == ("en", "Your rights", "")
    assert view.french is not None
    assert (view.french.language, view.french.title) == ("fr", "Vos droits")
    assert [(one.kind, len(one.items)) for one in view.blocks] == [(b.kind, len(b.items)) for b in view.french.blocks]
    assert [(way.to, way.label, way.french) for way in view.nav] == [("@home", "Back", "Revenir")]
    assert (view.translated_by, view.reviewed_by, view.legal) == ("Équipe Point Contact", "", False)


def test_law_that_nobody_reviewed_is_in_simple_french_with_the_reason(tmp_path: Path) -> None:
    document = joined(french(), en={"title": "Your rights", "nav": ["Back"]}, ar={})
    view = opened(tmp_path, document).screen("essai", "en", now=TODAY)
    assert (view.language, view.withheld, view.own_title) == ("fr-simple", "unreviewed", "Your rights")
    assert view.french is None
    assert [(way.label, way.french) for way in view.nav] == [("Back", "Revenir")]


def test_filling_the_marks_shows_it(tmp_path: Path) -> None:
    view = opened(tmp_path, reviewed(french(), **BOTH)).screen("essai", "ar", now=TODAY)
    assert (view.language, view.withheld) == ("ar", "")
    assert (view.reviewed_by, view.reviewed_on) == ("Une lectrice", date(2027, 1, 2))


@pytest.mark.parametrize("legal", [True, False])
def test_a_stale_translation_is_not_shown_even_where_it_was_reviewed(tmp_path: Path, legal: bool) -> None:
    marks = {"reviewed_by": "Une lectrice", "reviewed_on": date(2027, 1, 2), "made_from": "0" * 12}
    view = opened(tmp_path, joined(french(legal=legal), en=marks, ar={})).screen("essai", "en", now=TODAY)
    assert (view.language, view.withheld, view.own_title) == ("fr-simple", "stale", "")
    assert view.nav[0].french == "", "its buttons may lead elsewhere than they say"


def test_the_marker_of_a_day_stands_on_every_language(tmp_path: Path) -> None:
    shelf = opened(tmp_path, joined(french(legal=False), **BOTH))
    for language in ("fr", "en", "es"):
        assert "à vérifier" in shelf.screen("essai", language, now=date(2027, 7, 2)).marker


def test_what_the_site_fills_in_stands_in_both(tmp_path: Path) -> None:
    view = opened(tmp_path, joined(french(legal=False), **BOTH)).screen("essai", "en", now=TODAY)
    filled = view.filled({"site_name": "Mairie"})
    assert filled.french is not None
    assert all("accueil de Mairie" in one.blocks[1].items[0] for one in (filled, filled.french))


def test_a_release_says_whether_a_screen_is_law_and_nothing_of_what_the_shelf_adds(tmp_path: Path) -> None:
    written = compile_release(of_documents(joined(french(), **BOTH)))["contrat/essai.v1.en.json"].decode()
    assert '"legal":true' in written
    assert not [one for one in ('"withheld"', '"own_title"', '"french"') if one in written]


# Files --------------------------------------------------------------------------------------------------


def test_a_translation_stands_beside_its_french(tmp_path: Path) -> None:
    folder = write(tmp_path, raw())
    document = parse(raw(), "essai/00-essai.yaml")
    for language in BOTH:
        text = yaml.safe_dump(translation(document), allow_unicode=True)
        (folder / "essai" / f"00-essai.{language}.yaml").write_text(text, encoding="utf-8")
    found = read_sources(folder)
    assert set(found.documents[0].variants) == {"fr", "fr-simple", "en", "ar"}
    assert "essai/00-essai.en.yaml" not in found.files
    (folder / "essai" / "00-essai.yaml").unlink()
    with pytest.raises(InvalidPack, match=r"il n’y a pas de fichier essai/00-essai\.yaml"):
        read_sources(folder)


def test_a_language_that_the_kiosk_does_not_speak_is_refused() -> None:
    with pytest.raises(InvalidPack, match="choisissez parmi en, es"):
        join_screen(french(), translation(french()), "essai.de.yaml")


def test_another_language_in_the_file_of_the_french_is_sent_to_its_own() -> None:
    document = raw()
    document["variants"]["en"] = document["variants"]["fr-simple"]
    document["nav"][0]["label"]["en"] = "Back"
    with pytest.raises(InvalidPack, match=r"une autre langue a son fichier, essai\.en\.yaml"):
        parse(document, "essai.yaml")


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_name_of_a_file_says_its_language(language: str) -> None:
    assert place(file_of("a/x.yaml", language)) == ("a/x.yaml", language)
    assert file_of("a/x.yaml", "fr-simple") == "a/x.yaml"


# Addresses ----------------------------------------------------------------------------------------------

ADDRESS: dict[str, Any] = {
    "schema": "point-contact/address@1", "id": "site", "version": 1, "owner": "Équipe", "purpose": "account",
    "url": "https://www.example.fr/", "hosts": ["www.example.fr"],
    "valid_from": date(2026, 1, 1), "valid_to": None, "review_by": date(2027, 6, 1),
    "source": [{"label": "example.fr, accueil", "read_on": date(2026, 1, 1)}],
    "variants": {"fr": {"title": "Le site", "text": "Vous y lisez vos courriers."}},
}  # fmt: skip


def test_an_address_has_its_french_beside_it_or_is_in_french(tmp_path: Path) -> None:
    address = parse_address(ADDRESS, "site.yaml")
    made_from = {"en": address.source_hash(), "ar": address.source_hash(), "es": "0" * 12}
    for language, hashed in made_from.items():
        words = {"schema": "point-contact/translation@1", "translated_by": "Équipe", "made_from": hashed}
        words |= {"title": "The site", "text": "You read your letters there."}
        address = join_address(address, words, f"site.{language}.yaml")
    release = of_documents()
    with_address = type(release)(release.header, release.documents, release.files, ((address, "site.yaml"),))
    told = lint(release.documents, release.files, now=TODAY, addresses=with_address.addresses)
    assert [(one.level, one.file) for one in told if "made_from" in one.field] == [("warning", "site.es.yaml")]
    write_release(compile_release(with_address), tmp_path / "compiled")
    shelf = Shelf.open(tmp_path / "compiled")
    english = shelf.address("site", "en", now=TODAY)
    assert english.french is not None
    assert (english.title, english.french.title, english.reviewed_by) == ("The site", "Le site", "")
    assert {shelf.address("site", language, now=TODAY).language for language in ("es", "fa")} == {"fr"}
