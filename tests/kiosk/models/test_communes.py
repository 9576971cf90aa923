"""Choosing a commune or a country, on the real national table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.shelf import Communes
from kiosk.models import communes
from kiosk.models.answers import AnswerError

TABLE = Communes()


def test_one_postal_code_may_cover_forty_six_communes() -> None:
    places = communes.communes_of(TABLE, "51300")
    assert len(places) == 46
    assert len({place.value for place in places}) == 46
    assert [place.label for place in places] == sorted((place.label for place in places), key=communes.fold)


def test_a_postal_code_of_la_reunion_works() -> None:
    assert communes.Place("97411", "Saint-Denis") in communes.communes_of(TABLE, "97490")


def test_corsica_keeps_its_letters() -> None:
    assert any(place.value.startswith("2A") for place in communes.communes_of(TABLE, "20000"))


def test_an_unknown_postal_code_is_refused_with_a_sentence() -> None:
    with pytest.raises(AnswerError) as caught:
        communes.communes_of(TABLE, "00000")
    assert caught.value.key == "reg.error.postal_unknown"


@given(st.from_regex(r"[0-9]{5}", fullmatch=True))
def test_every_commune_of_a_code_can_be_named_again(code: str) -> None:
    try:
        places = communes.communes_of(TABLE, code)
    except AnswerError:
        return
    assert all(communes.commune_name(TABLE, place.value) == place.label for place in places)


def test_a_shared_name_shows_the_departement() -> None:
    labels = [place.label for place in communes.birth_communes(TABLE, "saint denis")]
    assert "Saint-Denis (974)" in labels
    assert "Saint-Denis (93)" in labels
    assert communes.the_only(communes.birth_communes(TABLE, "saint denis"), "saint denis") is None


def test_a_name_that_is_the_only_one_is_certain() -> None:
    only = communes.the_only(communes.birth_communes(TABLE, "vierzon"), "Vierzon")
    assert only is not None
    assert only.label == "Vierzon (18)"


def test_a_single_commune_that_only_begins_so_is_not_certain() -> None:
    assert communes.the_only([communes.Place("x", "Vierzon (18)")], "vierz") is None


def test_a_commune_that_is_not_there_gives_nothing_rather_than_an_error() -> None:
    assert communes.birth_communes(TABLE, "Zzyzx") == []


@pytest.mark.parametrize(("typed", "found"), [("como", "Comores"), ("CÔTE", "Côte d’Ivoire"), ("algerie", "Algérie")])
def test_a_country_is_found_by_its_first_letters(typed: str, found: str) -> None:
    assert any(communes.fold(place.label) == communes.fold(found) for place in communes.countries(TABLE, typed))


def test_france_is_not_a_foreign_country_and_nothing_typed_finds_nothing() -> None:
    assert communes.countries(TABLE, "France") == []
    assert communes.countries(TABLE, "") == []
    assert communes.countries(TABLE, "’") == []
