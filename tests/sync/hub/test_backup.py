"""Backups: verified before they count, without keys nor plain answers, restored as a new generation."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.change import new_id
from sync.errors import InvalidInput, PointContactError, Refused, StorageError
from sync.hub import accounts, feed, fleet, quarantine, redrawn, retention
from sync.hub.backup import BackupReport, copy_whole, make_backup, restore
from sync.hub.database import HubDatabase
from sync.hub.keys import keys_folder
from sync.hub.snapshot import copied_tables
from sync.seal import seal
from tests.sync.hub.stand import ADMIN, SITE, Signer, Stand, a_hub, hub_in

TYPED = "Œuvrard-N’Guessan"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        yield stand


def back_up(hub: Stand) -> BackupReport:
    hub.clock.ms += 1000
    return make_backup(hub.database, hub.keys, hub.clock(), ADMIN)


def everything_in(hub: Stand) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with hub.database.read() as connection:
        tables = {table.name: connection.execute(table.select()) for table in copied_tables()}
        return {name: sorted((tuple(row) for row in rows), key=repr) for name, rows in tables.items()}


def prepare(hub: Stand, signer: Signer) -> str:
    record_id = new_id(hub.clock(), hub.random(10))
    sealed = seal(hub.keys.sealing, "registration", SITE, record_id, {"nom_naissance": TYPED}).to_text()
    signer.round([signer.registration(record_id=record_id, sealed=sealed)])
    return record_id


def test_terminals_keep_what_they_sent_until_a_verified_backup(hub: Stand) -> None:
    signer = hub.enrol()
    prepare(hub, signer)
    reply = signer.round()
    assert (reply.applied_through, reply.durable_through) == (1, 0)
    assert back_up(hub).positions == 1
    prepare(hub, signer)
    reply = signer.round()
    assert (reply.applied_through, reply.durable_through) == (2, 1)
    assert back_up(hub).positions == 1
    assert signer.round().durable_through == 2
    assert back_up(hub).positions == 0


def test_a_backup_holds_no_key_and_nothing_that_was_typed(hub: Stand) -> None:
    prepare(hub, hub.enrol())
    report = back_up(hub)
    names = sorted(path.name for path in report.path.parent.iterdir())
    assert names == [report.path.name, report.path.with_suffix(".json").name]
    everything = b"".join(path.read_bytes() for path in report.path.parent.iterdir())
    assert TYPED.encode() not in everything
    for path in keys_folder(hub.home).rglob("*.key"):
        assert path.read_bytes().strip() not in everything, path.name


def test_a_copy_that_is_not_whole_makes_nothing_durable(hub: Stand) -> None:
    signer = hub.enrol()
    prepare(hub, signer)

    def and_damage(source: HubDatabase, target: Path) -> dict[str, int]:
        counts = copy_whole(source, target)
        with sqlite3.connect(target) as connection:
            connection.execute("DELETE FROM registration")
        connection.close()
        return counts

    with pytest.raises(StorageError, match="ne se relit pas"):
        make_backup(hub.database, hub.keys, hub.clock(), ADMIN, copy=and_damage)
    assert signer.round().durable_through == 0
    assert list((hub.home / "backups").iterdir()) == []


def test_who_may_not_back_up_is_refused(hub: Stand) -> None:
    with pytest.raises(Refused):
        make_backup(hub.database, hub.keys, hub.clock(), "Personne")


def test_a_restored_hub_has_a_new_generation_and_gets_back_what_terminals_hold(hub: Stand) -> None:
    signer = hub.enrol()
    before = prepare(hub, signer)
    report = back_up(hub)
    after = prepare(hub, signer)
    generation = signer.round().generation
    hub.close()
    restored = restore(hub.home, hub.keys, report.path, hub.clock(), ADMIN)
    hub = signer.hub = hub.reopened()
    assert restored.generation != generation
    assert restored.replaced is not None
    assert restored.replaced.exists()
    reply = signer.round()
    assert (reply.generation, reply.applied_through) == (restored.generation, 1)
    with hub.database.read() as connection:
        assert feed.read_generation(connection) == restored.generation
        assert accounts.verify_audit(connection).broken_at is None
    assert hub.read("registration", before)["state"] == "recue"
    with pytest.raises(AssertionError, match="no registration"):
        hub.read("registration", after)
    signer.seq -= 1
    sent_again = prepare(hub, signer)
    assert hub.read("registration", sent_again)["state"] == "recue"
    hub.close()


def test_terminals_enrolled_or_revoked_since_are_carried_over(hub: Stand) -> None:
    stolen = hub.enrol()
    report = back_up(hub)
    newcomer = hub.enrol()
    newcomer.round()
    with hub.database.write() as connection:
        fleet.revoke(connection, hub.keys, hub.clock(), stolen.terminal_id, ADMIN)
    hub.close()
    assert restore(hub.home, hub.keys, report.path, hub.clock(), ADMIN).terminals_kept == 2
    hub = stolen.hub = newcomer.hub = hub.reopened()
    assert stolen.refused().code == "revoked"
    newcomer.round()
    hub.close()


def test_a_backup_of_another_hub_is_refused_and_nothing_changes(tmp_path: Path, hub: Stand) -> None:
    other = a_hub(tmp_path / "other")
    foreign = back_up(other)
    other.close()
    before = hub.feed_of()
    with pytest.raises(Refused) as refused:
        restore(hub.home, hub.keys, foreign.path, hub.clock(), ADMIN)
    assert refused.value.code == "other_hub"
    assert hub.feed_of() == before


@pytest.mark.parametrize("damage", ["database", "manifest", "no manifest", "no file"])
def test_a_damaged_backup_is_refused_and_nothing_changes(hub: Stand, damage: str) -> None:
    report = back_up(hub)
    manifest = report.path.with_suffix(".json")
    if damage == "database":
        content = bytearray(report.path.read_bytes())
        content[-100] ^= 1
        report.path.write_bytes(content)
    elif damage == "manifest":
        manifest.write_text(manifest.read_text().replace('"taken_ms": 1', '"taken_ms": 2'))
    elif damage == "no manifest":
        manifest.unlink()
    else:
        report.path.unlink()
    before = everything_in(hub)
    with pytest.raises((Refused, InvalidInput)):
        restore(hub.home, hub.keys, report.path, hub.clock(), ADMIN)
    assert everything_in(hub) == before
    assert not list(hub.home.glob("*restored*"))


def test_only_administration_restores(hub: Stand) -> None:
    with hub.database.write() as connection:
        accounts.add_account(connection, hub.clock(), "Bruno", ["exploitation"], ADMIN)
    report = back_up(hub)
    with pytest.raises(Refused):
        restore(hub.home, hub.keys, report.path, hub.clock(), "Bruno")
    assert not list(hub.home.glob("*restored*"))


def test_a_hub_whose_database_is_ruined_is_restored_all_the_same(hub: Stand) -> None:
    signer = hub.enrol()
    record_id = prepare(hub, signer)
    report = back_up(hub)
    hub.close()
    (hub.home / "hub.db").write_bytes(b"ruined " * 1000)
    with pytest.raises(PointContactError):
        HubDatabase.open(hub.home / "hub.db").close()
    restore(hub.home, hub.keys, report.path, hub.clock(), ADMIN)
    hub = hub.reopened()
    assert hub.read("registration", record_id)["state"] == "recue"
    hub.close()


def test_what_a_terminal_has_purged_is_in_every_hub_restored_since(hub: Stand) -> None:
    """The terminal forgets what a verified backup covers, and no more: that backup holds all of it."""
    signer = hub.enrol()
    purged = [prepare(hub, signer) for _ in range(3)]
    older = back_up(hub)
    purged += [prepare(hub, signer) for _ in range(2)]
    report = back_up(hub)
    durable_through = signer.round().durable_through
    assert durable_through == len(purged)
    kept = [signer.registration() for _ in range(2)]
    signer.round(kept)
    hub.close()
    restore(hub.home, hub.keys, report.path, hub.clock(), ADMIN)
    hub = signer.hub = hub.reopened()
    reply = signer.round()
    assert reply.applied_through == reply.durable_through == durable_through
    assert [hub.read("registration", record_id)["state"] for record_id in purged] == ["recue"] * len(purged)
    signer.round(kept)
    assert [hub.read("registration", one.id)["state"] for one in kept] == ["recue"] * len(kept)
    hub.close()
    restore(hub.home, hub.keys, older.path, hub.clock(), ADMIN)
    hub = signer.hub = hub.reopened()
    assert signer.round().applied_through == 3, "an older one is short of what was purged: the newest is to be used"
    hub.close()


def test_a_restored_hub_has_heard_of_nothing_and_collects_no_tombstone(hub: Stand) -> None:
    signer = hub.enrol()
    slot_id = hub.add_slot(in_hours=1)
    signer.round([signer.booking(slot_id)])
    signer.round()
    hub.clock.ms += 9 * 86_400_000
    with hub.database.write() as connection:
        assert retention.run(connection, hub.clock()).records == {"booking": 1}
    report = back_up(hub)
    hub.close()
    restore(hub.home, hub.keys, report.path, hub.clock(), ADMIN)
    hub = signer.hub = hub.reopened()
    for collected in (0, 0, 1):
        with hub.database.write() as connection:
            assert retention.run(connection, hub.clock()).collected == collected
        signer.round()
    hub.close()


def test_disks_put_back_and_what_is_kept_apart_are_carried_over(hub: Stand) -> None:
    put_back, stolen = hub.enrol(), hub.enrol()
    put_back.round()
    report = back_up(hub)
    put_back.incarnation = new_id(hub.clock(), hub.random(10))
    put_back.round()
    with hub.database.write() as connection:
        fleet.revoke(connection, hub.keys, hub.clock(), stolen.terminal_id, ADMIN)
        redrawn.settle(connection, hub.clock(), put_back.terminal_id, put_back.incarnation, ADMIN)
    stolen.refused([stolen.registration()])
    hub.close()
    restore(hub.home, hub.keys, report.path, hub.clock(), ADMIN)
    hub = put_back.hub = hub.reopened()
    put_back.round()
    with hub.database.read() as connection:
        assert redrawn.list_redrawn(connection) == []
        assert len(quarantine.list_held(connection)) == 1
    hub.close()
