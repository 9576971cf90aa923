"""Offers and services: what is closed is not shown, what is old says so, filters that lead somewhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.models import directory
from kiosk.views import OfferView, ServiceView
from kiosk.wording import LANGUAGES, words
from sync.records.directory import CONTRACTS, NEEDS

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
PARIS = "Europe/Paris"


def offer(number: int = 1, *, published: float = 2, updated: float = 1, closes: float | None = None) -> OfferView:
    return OfferView(
        f"o-{number}", "Cariste", "Logis", "Vierzon", "cdd", "6 mois", "35 h", "", "", None, "", "",
        NOW - timedelta(days=published), NOW - timedelta(days=updated),
        None if closes is None else NOW + timedelta(days=closes), "Essai", "R1",
    )  # fmt: skip


def service(number: int = 1, *, needs: tuple[str, ...] = ("mobilite",), updated: float = 1) -> ServiceView:
    return ServiceView(
        f"s-{number}", f"Service {number}", "Association", needs, "", "", "", "", "", "", "", "", True, False, False,
        None, NOW - timedelta(days=updated), "",
    )  # fmt: skip


def offers(*entries: OfferView) -> tuple[directory.OfferCard, ...]:
    return directory.offer_cards(entries, "fr", now=NOW, zone=PARIS)


def services(*entries: ServiceView) -> tuple[directory.ServiceCard, ...]:
    return directory.service_cards(entries, "fr", now=NOW, zone=PARIS)


@given(st.lists(st.tuples(st.floats(0, 90), st.floats(0, 90), st.none() | st.floats(-5, 30)), max_size=20))
def test_an_offer_is_shown_until_its_last_day_and_the_newest_first(
    many: list[tuple[float, float, float | None]],
) -> None:
    given_ = [offer(n, published=max(p, u), updated=u, closes=c) for n, (p, u, c) in enumerate(many)]
    cards = offers(*given_)
    assert {card.id for card in cards} == {o.id for o in given_ if o.closes_at is None or o.closes_at > NOW}
    published = [next(o.published_at for o in given_ if o.id == card.id) for card in cards]
    assert published == sorted(published, reverse=True)


def test_what_its_source_has_not_confirmed_for_long_is_old() -> None:
    assert [card.is_old for card in offers(offer(1, published=40, updated=31), offer(2, published=40, updated=29))] == [
        True,
        False,
    ]
    assert [card.is_old for card in services(service(1, updated=182), service(2, updated=184))] == [False, True]


def test_an_old_service_comes_last_and_the_others_by_name() -> None:
    found = services(service(3), service(1, updated=400), service(2), replace(service(9), name="atelier"))
    assert [card.id for card in found] == ["s-9", "s-2", "s-3", "s-1"]


@pytest.mark.parametrize(("closes", "words_"), [(0.2, "aujourd’hui"), (1, "demain"), (None, None)])
def test_the_last_day_is_said_as_people_say_it(closes: float | None, words_: str | None) -> None:
    assert offers(offer(closes=closes))[0].last_day == words_


@pytest.mark.parametrize(("closes", "near"), [(0.2, True), (1, True), (2, False), (9, False), (None, False)])
def test_the_last_day_is_near_where_it_has_no_date_whatever_the_language(closes: float | None, near: bool) -> None:
    for language in LANGUAGES:
        (card,) = directory.offer_cards([offer(closes=closes)], language, now=NOW, zone=PARIS)
        assert card.last_day_is_near == near
        assert closes is None or any(letter.isdigit() for letter in str(card.last_day)) != near


def test_a_filter_holds_what_it_says_and_only_filters_that_lead_somewhere_are_shown() -> None:
    cards = services(service(1, needs=("logement", "argent")), service(2, needs=("argent",)), service(3, needs=()))
    assert directory.tags_present(cards, directory.NEEDS) == ("logement", "argent", "autre")
    assert [card.id for card in directory.with_tag(cards, "argent")] == ["s-1", "s-2"]
    assert len(directory.with_tag(cards, None)) == 3


def test_what_the_vocabulary_does_not_know_is_other() -> None:
    assert offers(replace(offer(), contract="franchise"))[0].contract == "autre"
    assert services(service(needs=("jardinage",)))[0].tags == ("autre",)


def test_words_and_vocabularies_are_those_of_the_records() -> None:
    assert (directory.CONTRACTS, directory.NEEDS) == (CONTRACTS, NEEDS)
    for contract in ("all", *CONTRACTS):
        assert words()[f"offers.contract.{contract}"]
    for need in ("all", *NEEDS):
        assert words()[f"directory.need.{need}"]
