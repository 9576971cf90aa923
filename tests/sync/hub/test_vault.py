"""The vault: opens exactly what was sealed, for a named person, with a reason, and a line first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from sync.change import new_id
from sync.errors import InvalidInput, PointContactError, Refused, StorageError
from sync.hub import accounts, vault
from sync.hub.keys import HubKeys, keys_folder, rotate_sealing
from sync.seal import Sealed, seal
from tests.sync.hub.stand import ADMIN, SITE, Signer, Stand, hub_in

READER = "Zoé d’Orléans"
ANSWERS: dict[str, Any] = {
    "nom_naissance": "Œuvrard-N’Guessan",
    "prenoms": "Anaïs Marie-José",
    "date_naissance": "1990-02-28",
    "telephone": "0692 12 34 56",
    "adresse": "12 bis, rue de l’Église — « Bât. Ç »",
    "vide": "",
    "langues": ["créole", "français"],
    "astral": "𝒜 ﬁn",
}


@dataclass
class World:
    hub: Stand
    signer: Signer

    def prepare(self, answers: dict[str, Any]) -> str:
        """A registration as a terminal sends it; returns its id."""
        record_id = new_id(self.hub.clock(), self.hub.random(10))
        sealed = seal(HubKeys.load(self.hub.home).sealing, "registration", SITE, record_id, answers).to_text()
        reply = self.signer.round([self.signer.registration(record_id=record_id, sealed=sealed)])
        assert [receipt.outcome for receipt in reply.receipts] == ["applied"]
        return record_id

    def open(self, record_id: str, *, who: str = READER, reason: str = "transmission") -> vault.Opened:
        return vault.open_sealed(
            self.hub.database, self.hub.home, self.hub.clock(), "registration", SITE, record_id, who=who, reason=reason
        )

    def journal(self) -> list[tuple[str, str, str]]:
        with self.hub.database.read() as connection:
            assert accounts.verify_audit(connection).broken_at is None
            lines = accounts.read_audit(connection)
        return [(line["who"], line["action"], line["detail"]) for line in lines if line["action"].startswith("vault")]

    def replace(self, record_id: str, text: str) -> None:
        with self.hub.database.write() as connection:
            connection.execute(update(vault.SEALED).where(vault.SEALED.c.id == record_id).values(sealed=text))

    def sealed(self, record_id: str) -> Sealed:
        with self.hub.database.read() as connection:
            query = vault.SEALED.select().where(vault.SEALED.c.id == record_id)
            return Sealed.from_text(connection.execute(query).one().sealed)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with hub_in(tmp_path / "hub") as hub:
        with hub.database.write() as connection:
            accounts.add_account(connection, hub.clock(), READER, ["instruction"], ADMIN)
        yield World(hub, hub.enrol())


def test_what_was_typed_comes_out_exactly(world: World) -> None:
    opened = world.open(world.prepare(ANSWERS))
    assert opened.answers == ANSWERS
    assert world.journal() == [(READER, "vault.open", "transmission")]


@pytest.mark.parametrize(
    "name", ["N’Guessan", "N'Guessan", "Saint-Éloi", "Ng", "Madonna", "Le Goff", "Ñuñez", "Çelik", "d’Été-Ô"]
)
def test_names_of_every_shape_survive(world: World, name: str) -> None:
    assert world.open(world.prepare({"nom_naissance": name, "prenoms": ""})).answers["nom_naissance"] == name


def test_nothing_opened_shows_in_a_representation(world: World) -> None:
    assert "Guessan" not in repr(world.open(world.prepare(ANSWERS)))


def test_without_the_role_nothing_opens_and_the_try_is_in_the_journal(world: World) -> None:
    record_id = world.prepare(ANSWERS)
    for who, code in ((ADMIN, "role"), ("Personne", "account")):
        with pytest.raises(Refused) as refused:
            world.open(record_id, who=who)
        assert refused.value.code == code
        assert world.journal()[0] == (who, "vault.refused", code)


@pytest.mark.parametrize("reason", ["", "par curiosité", "TRANSMISSION"])
def test_without_a_reason_of_the_list_nothing_opens_and_the_try_is_in_the_journal(world: World, reason: str) -> None:
    record_id = world.prepare(ANSWERS)
    with pytest.raises(InvalidInput, match="motif"):
        world.open(record_id, reason=reason)
    assert [line[1] for line in world.journal()] == ["vault.refused"]


def test_the_line_is_there_before_the_answers(world: World) -> None:
    record_id = world.prepare(ANSWERS)
    with world.hub.database.write() as connection:
        connection.exec_driver_sql("DROP TABLE hub_audit")
    with pytest.raises(PointContactError):
        world.open(record_id)


@pytest.mark.parametrize("part", ["kind", "site_id", "id", "key_id", "suite"])
def test_an_altered_header_does_not_open(world: World, part: str) -> None:
    record_id = world.prepare(ANSWERS)
    sealed = world.sealed(record_id)
    header = sealed.header.model_copy(update={part: "0" * 16})
    world.replace(record_id, sealed.model_copy(update={"header": header}).to_text())
    with pytest.raises((Refused, StorageError)):
        world.open(record_id)
    assert world.journal()[0][1] == "vault.refused"


def test_a_text_moved_to_another_record_does_not_open(world: World) -> None:
    first, second = world.prepare(ANSWERS), world.prepare({"nom_naissance": "Autre"})
    moved = world.sealed(first)
    world.replace(second, moved.to_text())
    with pytest.raises(Refused) as refused:
        world.open(second)
    assert refused.value.code == "altered"
    world.replace(second, moved.model_copy(update={"header": world.sealed(second).header.model_copy(
        update={"id": second})}).to_text())  # fmt: skip
    with pytest.raises(Refused):
        world.open(second)


def test_a_key_that_is_not_here_is_said_clearly(world: World) -> None:
    record_id = world.prepare(ANSWERS)
    (keys_folder(world.hub.home) / "sealing" / f"{world.hub.keys.sealing.key_id}.key").unlink()
    with pytest.raises(StorageError, match="keys restore"):
        world.open(record_id)


@pytest.mark.parametrize("key_id", ["../identity", "/etc/passwd", "0" * 15, "A" * 16])
def test_a_key_identifier_never_becomes_a_path(world: World, key_id: str) -> None:
    record_id = world.prepare(ANSWERS)
    sealed = world.sealed(record_id)
    world.replace(
        record_id, sealed.model_copy(update={"header": sealed.header.model_copy(update={"key_id": key_id})}).to_text()
    )
    with pytest.raises(StorageError, match="n’a pas"):
        world.open(record_id)


def test_what_an_old_key_sealed_still_opens_after_a_rotation(world: World) -> None:
    before = world.prepare(ANSWERS)
    rotate_sealing(world.hub.home, now_ms=world.hub.clock())
    after = world.prepare(ANSWERS)
    assert world.sealed(before).header.key_id != world.sealed(after).header.key_id
    assert world.open(before).answers == world.open(after).answers


def test_the_same_person_typed_differently_is_noticed(world: World) -> None:
    first = world.prepare(ANSWERS)
    again = world.prepare({**ANSWERS, "nom_naissance": "oeuvrard  n'guessan", "prenoms": "ANAIS MARIE JOSE"})
    other = world.prepare({**ANSWERS, "date_naissance": "1991-02-28"})
    assert world.open(first).look_alikes == ()
    assert world.open(again).look_alikes == ((SITE, first),)
    assert world.open(other).look_alikes == ()
    assert world.open(first).look_alikes == ((SITE, again),)


def test_a_fingerprint_says_nothing_without_the_key() -> None:
    assert vault.fingerprint(b"a" * 32, ANSWERS) != vault.fingerprint(b"b" * 32, ANSWERS)
    assert vault.fingerprint(b"a" * 32, {"nom_naissance": "Durand"}) is None
    assert vault.fingerprint(b"a" * 32, {"date_naissance": "1990-01-01"}) is None
    one_word = vault.fingerprint(b"a" * 32, {"nom_naissance": "Madonna", "date_naissance": "1990-01-01"})
    assert one_word is not None
    swapped = vault.fingerprint(b"a" * 32, {"prenoms": "Madonna", "date_naissance": "1990-01-01"})
    assert swapped != one_word
