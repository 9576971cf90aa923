"""People who prepared twice: found by keyed fingerprints, across sites, and merged by nobody but a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.change import new_id
from sync.errors import Refused
from sync.hub import accounts, alike, duplicates, todo, vault
from sync.hub.keys import HubKeys
from sync.hub.matter import DAY_MS
from sync.seal import seal
from tests.sync.hub.stand import ADMIN, SITE, Signer, Stand, hub_in

READER = "Zoé"
OTHER_SITE = "site-saint-denis"
OTHER_PLACE = "Mairie de Saint-Denis"
ANSWERS = {"nom_naissance": "de La Tour-d’Auvergne", "prenoms": "Anaïs", "date_naissance": "1990-02-28"}
AGAIN = {"nom_naissance": "TOUR D'AUVERGNE (de la)", "prenoms": "ANAIS", "date_naissance": "1990-02-28"}


@dataclass
class World:
    hub: Stand
    here: Signer
    there: Signer

    def prepare(self, answers: dict[str, str], *, there: bool = False) -> str:
        signer, site_id = (self.there, OTHER_SITE) if there else (self.here, SITE)
        self.hub.clock.ms += 1000
        record_id = new_id(self.hub.clock(), self.hub.random(10))
        sealed = seal(HubKeys.load(self.hub.home).sealing, "registration", site_id, record_id, answers).to_text()
        signer.round([signer.registration(record_id=record_id, sealed=sealed)])
        return record_id

    def look(self, who: str = READER, batch: int = duplicates.BATCH) -> duplicates.Looked:
        return duplicates.look(self.hub.database, self.hub.home, self.hub.clock(), who, batch=batch)

    def listed(self) -> list[todo.Item]:
        with self.hub.database.read() as connection:
            return todo.list_todo(connection, self.hub.clock())

    def settle(self, choice: str, who: str = READER) -> None:
        [item] = self.listed()
        with self.hub.database.write() as connection:
            todo.settle(connection, self.hub.clock(), item.id, choice, who)

    def journal(self, action: str) -> list[str]:
        with self.hub.database.read() as connection:
            return [line["detail"] for line in accounts.find_audit(connection, action)]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with hub_in(tmp_path / "hub") as hub:
        with hub.database.write() as connection:
            accounts.add_account(connection, hub.clock(), READER, ["instruction"], ADMIN)
        hub.add_site(OTHER_SITE, name=OTHER_PLACE)
        yield World(hub, hub.enrol(), hub.enrol(OTHER_SITE))


def test_the_same_person_at_two_sites_becomes_a_question_and_nothing_personal_is_shown(world: World) -> None:
    one, other = world.prepare(ANSWERS), world.prepare(AGAIN, there=True)
    world.prepare({**ANSWERS, "date_naissance": "1991-02-28"})
    assert world.look() == duplicates.Looked(compared=3, unreadable=0, pairs=1)
    [item] = world.listed()
    assert (item.kind, item.records) == ("alike", (one, other))
    assert "Mairie, borne" in item.happened
    assert OTHER_PLACE in item.happened
    for personal in ("Tour", "TOUR", "Ana", "1990"):
        assert personal not in f"{item}"
    assert world.journal("vault.look") == ["doublon 3 0 1"]
    assert world.look() == duplicates.Looked(0, 0, 0)


def test_what_nobody_has_compared_for_a_day_is_on_the_list_until_somebody_looks(world: World) -> None:
    world.prepare(ANSWERS)
    world.prepare(AGAIN, there=True)
    assert world.listed() == []
    world.hub.clock.ms += DAY_MS
    world.prepare({**ANSWERS, "date_naissance": "1991-02-28"})
    lines = {item.site_id: item for item in world.listed()}
    assert {item.kind for item in lines.values()} == {"compare"}
    assert lines[SITE].happened.startswith("2 préparations")
    assert lines[OTHER_SITE].happened.startswith("1 préparation")
    world.look()
    assert [item.kind for item in world.listed()] == ["alike"]


def test_opening_one_by_one_finds_the_pair_too(world: World) -> None:
    for record_id in (world.prepare(ANSWERS), world.prepare(AGAIN)):
        vault.open_sealed(
            world.hub.database, world.hub.home, world.hub.clock(), "registration", SITE, record_id,
            who=READER, reason="transmission",
        )  # fmt: skip
    assert [item.kind for item in world.listed()] == ["alike"]


@pytest.mark.parametrize(("choice", "states", "links"), [
    ("same", ("recue", "recue"), True),
    ("same_close", ("close", "recue"), True),
    ("different", ("recue", "recue"), False),
])  # fmt: skip
def test_a_person_says_and_only_then_something_changes(
    world: World, choice: str, states: tuple[str, str], links: bool
) -> None:
    one, other = world.prepare(ANSWERS), world.prepare(AGAIN)
    world.look()
    with pytest.raises(Refused):
        world.settle(choice, ADMIN)
    world.settle(choice)
    found = tuple(world.hub.read("registration", record_id)["state"] for record_id in (one, other))
    assert found == states
    with world.hub.database.read() as connection:
        assert alike.linked(connection, other) == ([one] if links else [])
    world.look()
    assert world.listed() == [], "what was said once is not asked again"


def test_a_pair_of_which_one_is_closed_since_settles_itself(world: World) -> None:
    one, _ = world.prepare(ANSWERS), world.prepare(AGAIN)
    world.look()
    world.here.round([world.here.operation("registration", one, {"state": "close"})])
    assert world.listed() == []
    with world.hub.database.write() as connection:
        assert todo.tidy(connection, world.hub.clock()) == 1


def test_looking_takes_the_role_and_the_try_is_in_the_journal(world: World) -> None:
    world.prepare(ANSWERS)
    with pytest.raises(Refused):
        world.look(ADMIN)
    assert world.journal("vault.refused") == ["role"]
    assert world.journal("vault.look") == []


def test_what_does_not_open_is_counted_and_holds_nobody_up(world: World) -> None:
    broken, one, other = world.prepare(ANSWERS), world.prepare(ANSWERS), world.prepare(AGAIN)
    with world.hub.database.write() as connection:
        table = vault.SEALED
        text = connection.execute(table.select().where(table.c.id == one)).one().sealed
        connection.execute(table.update().where(table.c.id == broken).values(sealed=text))
    assert world.look(batch=1) == duplicates.Looked(compared=2, unreadable=1, pairs=1)
    [item] = world.listed()
    assert item.records == (one, other)


def test_without_a_birth_date_nobody_looks_like_anybody_and_nothing_is_opened_twice(world: World) -> None:
    for _ in range(2):
        world.prepare({"nom_naissance": "Durand", "prenoms": "Luc"})
    assert world.look() == duplicates.Looked(compared=2, unreadable=0, pairs=0)
    assert world.look() == duplicates.Looked(0, 0, 0)


NAMES = st.text("abcdefghijklmnopqrstuvwxyzàâçéèêëîïôöùûüÿñ", min_size=1, max_size=12)


@given(NAMES, NAMES, st.sampled_from(["de", "de la", "d’", "van der", "le"]))
def test_a_family_name_is_the_same_however_it_is_typed(one: str, two: str, particle: str) -> None:
    plain = vault.family_name(f"{particle} {one} {two}")
    for typed in (
        f"{particle.upper()}  {one.upper()}-{two.upper()}",
        f"{one} {two} ({particle})",
        f"{one}-{two}, {particle.title()}",
        f"  {particle}-{one}'{two} ",
    ):
        assert vault.family_name(typed) == plain, typed


@given(NAMES, NAMES)
def test_other_letters_are_another_name(one: str, two: str) -> None:
    if sorted(vault.normalise(one)) != sorted(vault.normalise(two)):
        assert vault.family_name(one) != vault.family_name(two)
