"""Addresses of the guided window: what an editor may write, and what a terminal then opens."""

from __future__ import annotations

import copy
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from content.address import Address, parse_address
from content.build import compile_release, read_sources, write_release
from content.errors import InvalidPack, UnknownAddress
from content.lint import lint
from content.shelf import Shelf
from tests.content.samples import raw, sources

NOW = date(2027, 1, 1)
ADDRESS: dict[str, Any] = {
    "schema": "point-contact/address@1", "id": "site", "version": 1, "owner": "Équipe", "purpose": "account",
    "url": "https://www.example.fr/espace", "hosts": [".example.fr"],
    "valid_from": date(2026, 1, 1), "valid_to": None, "review_by": date(2027, 6, 1),
    "source": [{"label": "example.fr, accueil", "read_on": date(2026, 1, 1)}],
    "variants": {
        "fr": {"title": "Le site", "text": "Vous y lisez vos courriers."},
        "fr-simple": {
            "title": "Le site", "text": "Vous lisez vos courriers.", "translated_by": "Équipe",
            "made_from": "000000000000",
        },
    },
}  # fmt: skip


def address(**changes: Any) -> Address:
    made = parse_address({**copy.deepcopy(ADDRESS), **changes}, "adresses/site.yaml")
    simple = made.variants["fr-simple"].model_copy(update={"made_from": made.source_hash()})
    return made.model_copy(update={"variants": {**made.variants, "fr-simple": simple}})


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "http://www.example.fr/"}, {"url": "https://moi@www.example.fr/"}, {"url": "https://www.example.fr:8443/"},
        {"url": "https://ailleurs.fr/"}, {"url": None}, {"purpose": "video"}, {"purpose": "jeux"}, {"hosts": []},
        {"hosts": [".gouv.fr"]}, {"hosts": [".fr"]}, {"hosts": ["https://www.example.fr"]}, {"hosts": ["*.example.fr"]},
        {"hosts": ["www.example.fr/espace"]}, {"source": []}, {"review_by": date(2025, 1, 1)}, {"more": 1},
    ],
)  # fmt: skip
def test_an_address_that_could_lead_elsewhere_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidPack, match=r"adresses/site\.yaml"):
        address(**changes)


def test_a_good_address_has_no_fault_and_a_stale_variant_is_one() -> None:
    release = sources(raw())
    found = lint(release.documents, release.files, now=NOW, addresses=[(address(), "adresses/site.yaml")])
    assert not [fault for fault in found if fault.file == "adresses/site.yaml"]
    stale = parse_address(copy.deepcopy(ADDRESS), "adresses/site.yaml")
    found = lint(release.documents, release.files, now=NOW, addresses=[(stale, "adresses/site.yaml")])
    assert [fault.field for fault in found if fault.file == "adresses/site.yaml"] == ["variants.fr-simple.made_from"]


def test_a_way_into_a_window_that_does_not_exist_is_a_fault() -> None:
    nav = [{"to": "@window:site", "label": {"fr": "Ouvrir", "fr-simple": "Ouvrir"}}, *raw()["nav"]]
    release = sources(raw(nav=nav))
    assert [fault for fault in lint(release.documents, release.files, now=NOW) if "@window:site" in fault.message]
    known = [(address(), "adresses/site.yaml")]
    assert not [
        fault
        for fault in lint(release.documents, release.files, now=NOW, addresses=known)
        if "@window" in fault.message
    ]


def test_the_shelf_opens_an_address_only_while_it_is_valid(tmp_path: Path) -> None:
    release = sources(raw())
    old = address(valid_to=date(2027, 2, 1))
    new = address(version=2, url="https://www.example.fr/nouveau", valid_from=date(2027, 1, 15))
    with_addresses = type(release)(release.header, release.documents, release.files, ((old, "a"), (new, "b")))
    write_release(compile_release(with_addresses), tmp_path / "compiled")
    shelf = Shelf.open(tmp_path / "compiled")
    assert shelf.address("site", "fr-simple", now=NOW).url == "https://www.example.fr/espace"
    assert shelf.address("site", "ar", now=NOW).language == "fr-simple"
    assert shelf.address("site", "fr", now=date(2027, 1, 20)).url == "https://www.example.fr/nouveau"
    with pytest.raises(UnknownAddress):
        shelf.address("autre", "fr", now=NOW)


def test_an_address_past_its_dates_is_not_opened(tmp_path: Path) -> None:
    release = sources(raw())
    ended = ((address(valid_to=date(2026, 12, 31)), "a"),)
    write_release(
        compile_release(type(release)(release.header, release.documents, release.files, ended)), tmp_path / "c"
    )
    with pytest.raises(UnknownAddress):
        Shelf.open(tmp_path / "c").address("site", "fr", now=date(2099, 1, 1))


def test_the_shipped_addresses_are_of_france_travail_and_of_known_video_providers() -> None:
    found = {one.id: one for one, _ in read_sources().addresses}
    assert {"inscription", "espace-personnel", "documents"} <= set(found)
    assert all(one.hosts[0] == ".francetravail.fr" for one in found.values() if one.purpose != "video")
    assert set(Shelf.open().video_hosts(now=NOW)) == {"webconf.numerique.gouv.fr", "visio.numerique.gouv.fr"}
