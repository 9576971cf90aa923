"""The shelf: what is believed, what is shown on which day, and what it says when something is wrong."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.build import compile_release, write_release
from content.errors import CorruptedPack, UnknownScreen
from content.shelf import EXPIRED, REVIEW_DUE, Shelf
from tests.content.samples import TODAY, raw, sources

ISSUED = date(2027, 1, 1)
_LATER = raw(version=2, valid_from=date(2027, 3, 1), review_by=date(2027, 9, 1))
_LATER["variants"]["fr"]["title"] = _LATER["variants"]["fr-simple"]["title"] = "Vos nouveaux droits"
_DATED = sources(raw(valid_to=date(2027, 2, 28)), _LATER)


def opened(folder: Path, *documents: dict[str, object]) -> Shelf:
    write_release(compile_release(sources(*documents)), folder / "compiled")
    return Shelf.open(folder / "compiled")


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    folder = tmp_path_factory.mktemp("dated") / "compiled"
    write_release(compile_release(_DATED), folder)
    return Shelf.open(folder)


def test_screens_come_in_order(tmp_path: Path) -> None:
    shelf = opened(tmp_path, raw(id="deux", order=2), raw(id="un", order=1), raw(id="trois", order=3))
    assert [screen.id for screen in shelf.screens("contrat", "fr", now=TODAY)] == ["un", "deux", "trois"]


def test_the_version_is_the_one_of_the_release(tmp_path: Path) -> None:
    shelf = opened(tmp_path, raw())
    assert (shelf.version, shelf.issued) == ("2027.1.1", ISSUED)
    assert shelf.languages == ("fr", "fr-simple")


def test_a_language_that_does_not_exist_falls_back_to_simple_french_and_says_so(tmp_path: Path) -> None:
    screen = opened(tmp_path, raw()).screen("essai", "ar", now=TODAY)
    assert (screen.language, screen.label, screen.withheld) == ("fr-simple", "Version simplifiée", "missing")
    assert screen.french is None


@pytest.mark.parametrize("place", [0, 0.5, 1])
def test_a_changed_byte_is_detected(tmp_path: Path, place: float) -> None:
    opened(tmp_path, raw())
    file = next((tmp_path / "compiled" / "contrat").glob("*.fr.json"))
    data = bytearray(file.read_bytes())
    data[int(place * (len(data) - 1))] ^= 1
    file.write_bytes(bytes(data))
    with pytest.raises(CorruptedPack, match=r"contrat/essai\.v1\.fr\.json a été modifié"):
        Shelf.open(tmp_path / "compiled")


@pytest.mark.parametrize("data", [b"", b"{}", b"\x00" * 400])
def test_a_cut_or_replaced_file_is_detected(tmp_path: Path, data: bytes) -> None:
    opened(tmp_path, raw())
    next((tmp_path / "compiled" / "contrat").glob("*.fr.json")).write_bytes(data)
    with pytest.raises(CorruptedPack):
        Shelf.open(tmp_path / "compiled")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    opened(tmp_path, raw())
    next((tmp_path / "compiled" / "contrat").glob("*.fr.json")).unlink()
    with pytest.raises(CorruptedPack, match=r"Il manque le contenu contrat/essai\.v1\.fr\.json"):
        Shelf.open(tmp_path / "compiled")


def test_a_damaged_index_is_refused(tmp_path: Path) -> None:
    opened(tmp_path, raw())
    (tmp_path / "compiled" / "index.json").write_bytes(b"{")
    with pytest.raises(CorruptedPack, match="L’index des contenus est abîmé"):
        Shelf.open(tmp_path / "compiled")


def test_an_index_never_names_a_file_outside_its_folder(tmp_path: Path) -> None:
    opened(tmp_path, raw())
    index = tmp_path / "compiled" / "index.json"
    content = json.loads(index.read_bytes())
    content["entries"][0]["path"] = "../secret.v1.fr.json"
    index.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(CorruptedPack, match="index"):
        Shelf.open(tmp_path / "compiled")


def test_a_folder_without_contents_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CorruptedPack, match="point-contact content build"):
        Shelf.open(tmp_path / "nowhere")


def test_an_unknown_flow_or_screen_is_told(tmp_path: Path) -> None:
    shelf = opened(tmp_path, raw())
    with pytest.raises(UnknownScreen):
        shelf.screens("licorne", "fr")
    with pytest.raises(UnknownScreen):
        shelf.screen("licorne", "fr")


@pytest.mark.parametrize(
    ("day", "version"),
    [(date(2027, 1, 1), 1), (date(2027, 2, 28), 1), (date(2027, 3, 1), 2), (date(2027, 8, 30), 2)],
)
def test_the_edition_in_force_is_shown(dated: Shelf, day: date, version: int) -> None:
    for language in ("fr", "fr-simple"):
        screen = dated.screen("essai", language, now=day)
        assert (screen.version, screen.marker, screen.language) == (version, "", language)


def test_a_screen_is_not_shown_before_its_day(tmp_path: Path) -> None:
    shelf = opened(tmp_path, raw(), raw(id="futur", order=2, valid_from=date(2027, 3, 1)))
    assert [screen.id for screen in shelf.screens("contrat", "fr", now=TODAY)] == ["essai"]
    assert len(shelf.screens("contrat", "fr", now=date(2027, 3, 1))) == 2
    with pytest.raises(UnknownScreen):
        shelf.screen("futur", "fr", now=TODAY)


def test_an_expired_screen_is_shown_with_an_honest_marker(tmp_path: Path) -> None:
    shelf = opened(tmp_path, raw(valid_to=date(2027, 2, 1)))
    assert shelf.screen("essai", "fr", now=date(2027, 2, 1)).marker == ""
    expired = shelf.screen("essai", "fr", now=date(2027, 2, 2))
    assert expired.marker == EXPIRED
    assert "à vérifier" in expired.marker
    assert expired.blocks
    assert EXPIRED in expired.speech


def test_a_late_review_is_marked_too(tmp_path: Path) -> None:
    shelf = opened(tmp_path, raw())
    assert shelf.screen("essai", "fr", now=date(2027, 7, 1)).marker == ""
    assert shelf.screen("essai", "fr", now=date(2027, 7, 2)).marker == REVIEW_DUE


@given(st.dates(min_value=date(1970, 1, 1), max_value=date(2100, 1, 1)))
@settings(max_examples=60, deadline=None)
def test_no_clock_ever_blanks_a_screen(dated: Shelf, day: date) -> None:
    screens = dated.screens("contrat", "fr", now=day)
    assert [screen.id for screen in screens] == ["essai"]
    assert screens[0].blocks
    if day <= ISSUED:
        assert screens[0] == dated.screen("essai", "fr", now=ISSUED)


def test_a_clock_far_in_the_past_shows_what_was_right_when_the_release_was_made(dated: Shelf) -> None:
    screen = dated.screen("essai", "fr", now=date(2020, 1, 1))
    assert (screen.version, screen.marker) == (1, "")


def test_nobody_has_reviewed_means_that_it_is_said(tmp_path: Path) -> None:
    document = raw()
    assert opened(tmp_path, document).screen("essai", "fr").review_note == "Texte pas encore relu par France Travail."
    document["variants"]["fr"].update(reviewed_by="une lectrice", reviewed_on=date(2027, 1, 2))
    reviewed = opened(tmp_path, document).screen("essai", "fr")
    assert reviewed.review_note == "Texte relu par une lectrice le 2\u00a0janvier\u00a02027."


def test_the_source_line_holds_date_version_and_source(tmp_path: Path) -> None:
    line = opened(tmp_path, raw()).screen("essai", "fr", now=TODAY).source_line
    assert line == "Texte à jour au 1er\u00a0novembre\u00a02026, version 1. Code du travail, article L. 5411-6."


def test_placeholders_are_filled_or_honestly_left(tmp_path: Path) -> None:
    document = raw()
    document["variants"]["fr"]["blocks"] = [
        {"kind": "list", "items": ["Responsable : {operator}.", "Contact : {privacy_contact}."]}
    ]
    screen = opened(tmp_path, document).screen("essai", "fr").filled({"operator": "Mairie", "privacy_contact": "  "})
    expected = ("Responsable\u00a0: Mairie.", "Contact\u00a0: à compléter par l’exploitant.")
    assert screen.blocks[0].items == expected
    assert screen.speech[1] == " ".join(expected)


def test_a_value_with_braces_is_shown_as_it_is(tmp_path: Path) -> None:
    document = raw()
    document["variants"]["fr"]["blocks"] = [{"kind": "text", "text": "Responsable : {operator}."}]
    screen = opened(tmp_path, document).screen("essai", "fr").filled({"operator": "{site_name}"})
    assert screen.blocks[0].text == "Responsable\u00a0: {site_name}."


def test_the_day_of_today_is_taken_when_none_is_given(tmp_path: Path) -> None:
    far = ISSUED + timedelta(days=365 * 60)
    assert opened(tmp_path, raw(valid_to=far, review_by=far)).screen("essai", "fr").marker == ""
