"""A revoked terminal stays revoked, whatever backup is put in the place of the database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from sync.errors import DiskFull, Refused, StorageError
from sync.hub import accounts, fleet, quarantine, revocations
from sync.hub.app import create_app
from sync.hub.backup import BackupReport, copy_database, make_backup, restore
from sync.hub.database import table_of
from sync.hub.key_backup import restore_keys, write_key_backup
from sync.hub.keys import HubKeys
from sync.hub.revocation_list import RevocationList
from sync.hub.settings import HubSettings
from sync.hub.tables import Terminal
from sync.wire import HEADER_CERTIFICATE, Operation, to_text
from tests.sync.hub.stand import ADMIN, Signer, Stand, asked, hub_in

PHRASE = "citron lampadaire orage velours"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        yield stand


def back_up(hub: Stand) -> BackupReport:
    hub.clock.ms += 1000
    return make_backup(hub.database, hub.keys, hub.clock(), ADMIN)


def revoke(hub: Stand, terminal: Signer) -> None:
    with hub.database.write() as connection:
        fleet.revoke(connection, hub.keys, hub.clock(), terminal.terminal_id, ADMIN)


def restored(hub: Stand, report: BackupReport, *, keep_database: bool = False) -> tuple[Stand, bool]:
    """The hub after an old backup was put back, its last database lost unless kept."""
    hub.close()
    if not keep_database:
        (hub.home / "hub.db").unlink()
    done = restore(hub.home, hub.keys, report.path, hub.clock(), ADMIN)
    return hub.reopened(), done.revocations_whole


def comes_back(hub: Stand, terminal: Signer, operations: Sequence[Operation] = ()) -> str:
    """What the hub says to a terminal that shows its certificate: ``ok`` or the code of a refusal."""
    terminal.hub = hub
    request = terminal.signed(terminal.body([*operations]))
    text = to_text(terminal.certificate.to_json())
    shown = replace(request, headers={**request.headers, HEADER_CERTIFICATE: text})
    answer = hub.exchange.answer(shown)
    return "ok" if answer.status == 200 else hub.refusal(answer, asked(shown)).code


def list_of(hub: Stand) -> RevocationList:
    known = revocations.load(hub.keys)
    assert known is not None
    return known


def test_a_terminal_revoked_after_the_backup_is_not_readmitted_by_its_certificate(hub: Stand) -> None:
    report = back_up(hub)
    stolen, honest = hub.enrol(), hub.enrol()
    revoke(hub, stolen)
    hub, whole = restored(hub, report)
    assert whole
    assert comes_back(hub, stolen) == "revoked"
    assert comes_back(hub, honest) == "ok"
    with hub.database.read() as connection:
        [of_stolen, _] = fleet.list_terminals(connection)
        assert (of_stolen.revoked_by, of_stolen.revoked_ms) == (ADMIN, hub.clock())
    hub.close()


def test_a_terminal_that_the_backup_knows_as_good_is_revoked_again(hub: Stand) -> None:
    stolen = hub.enrol()
    report = back_up(hub)
    revoke(hub, stolen)
    hub, _ = restored(hub, report)
    assert comes_back(hub, stolen) == "revoked"
    hub.close()


def test_what_a_revoked_terminal_brings_to_a_restored_hub_is_kept_apart(hub: Stand) -> None:
    report = back_up(hub)
    stolen = hub.enrol()
    stolen.round([stolen.registration()])
    revoke(hub, stolen)
    hub, _ = restored(hub, report)
    stolen.hub, stolen.seq = hub, 0
    sent = [stolen.registration(), stolen.registration()]
    assert comes_back(hub, stolen, sent) == "revoked"
    with hub.database.read() as connection:
        assert [one.record_id for one in quarantine.list_held(connection)] == [one.id for one in sent]
    assert [kind for _, kind, _ in hub.feed_of()] == ["site"]
    hub.close()


def test_another_terminal_with_the_key_of_a_revoked_one_is_revoked_too(hub: Stand) -> None:
    stolen = hub.enrol()
    revoke(hub, stolen)
    assert revocations.find(hub.keys, "another", stolen.certificate.terminal_key) is not None
    assert revocations.find(hub.keys, "another", "another key") is None


def test_the_revocation_is_on_the_disk_before_it_is_answered(hub: Stand) -> None:
    stolen = hub.enrol()
    with hub.database.write() as connection:
        fleet.revoke(connection, hub.keys, hub.clock(), stolen.terminal_id, ADMIN)
        assert [line.terminal_id for line in list_of(hub).lines] == [stolen.terminal_id]


def test_a_list_that_cannot_be_written_revokes_nothing_and_says_so(hub: Stand) -> None:
    stolen = hub.enrol()
    (hub.home / "keys" / "revocations.json.part").mkdir()
    with pytest.raises((StorageError, DiskFull)):
        revoke(hub, stolen)
    stolen.round()
    (hub.home / "keys" / "revocations.json.part").rmdir()
    revoke(hub, stolen)
    assert stolen.refused().code == "revoked"


@pytest.mark.parametrize("damage", ["missing", "cut", "altered", "of another hub", "shortened"])
def test_a_lost_or_damaged_list_readmits_nobody_until_a_person_confirms(
    hub: Stand, tmp_path: Path, damage: str
) -> None:
    report = back_up(hub)
    stolen, honest = hub.enrol(), hub.enrol()
    revoke(hub, stolen)
    path = revocations.path_of(hub.keys)
    content = path.read_bytes()
    if damage == "missing":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "altered":
        path.write_bytes(content.replace(stolen.terminal_id.encode(), honest.terminal_id.encode()))
    elif damage == "shortened":
        path.write_bytes(list_of(hub).model_copy(update={"lines": ()}).model_dump_json().encode())
    else:
        other = HubKeys.create(tmp_path / "other", now_ms=hub.clock(), demonstration=False)
        path.write_bytes(revocations.path_of(other).read_bytes())
    hub, whole = restored(hub, report)
    assert not whole
    assert comes_back(hub, honest) == "revocations_lost"
    assert comes_back(hub, stolen) == "revocations_lost"
    with hub.database.read() as connection:
        assert fleet.list_terminals(connection) == []
    with hub.database.write() as connection:
        assert revocations.confirm(connection, hub.keys, hub.clock(), ADMIN) == 0
    assert comes_back(hub, honest) == "ok"
    hub.close()


def test_the_refusal_says_what_to_do(hub: Stand) -> None:
    report = back_up(hub)
    honest = hub.enrol()
    revocations.path_of(hub.keys).unlink()
    hub, _ = restored(hub, report)
    with pytest.raises(Refused, match="hub terminal confirm"), hub.database.write() as connection:
        fleet.readmit(connection, hub.keys, hub.clock(), honest.certificate)
    hub.close()


def test_a_revocation_goes_on_without_its_list_which_then_says_that_it_is_not_whole(hub: Stand) -> None:
    first, second = hub.enrol(), hub.enrol()
    revoke(hub, first)
    revocations.path_of(hub.keys).write_bytes(b"damaged")
    revoke(hub, second)
    assert (list_of(hub).complete, [line.terminal_id for line in list_of(hub).lines]) == (False, [second.terminal_id])
    assert revocations.path_of(hub.keys).with_suffix(".damaged").read_bytes() == b"damaged"
    with hub.database.write() as connection:
        revocations.confirm(connection, hub.keys, hub.clock(), ADMIN)
    assert (list_of(hub).complete, len(list_of(hub).lines)) == (True, 2)


def test_only_administration_confirms_and_the_journal_says_who(hub: Stand) -> None:
    with hub.database.write() as connection:
        accounts.add_account(connection, hub.clock(), "Bruno", ["exploitation"], ADMIN)
    with pytest.raises(Refused), hub.database.write() as connection:
        revocations.confirm(connection, hub.keys, hub.clock(), "Bruno")
    with hub.database.write() as connection:
        revocations.confirm(connection, hub.keys, hub.clock(), ADMIN)
        assert [line["who"] for line in accounts.find_audit(connection, "terminal.confirm")] == [ADMIN]


def test_keys_restored_from_a_holder_bring_the_list_but_no_blind_trust_in_it(hub: Stand, tmp_path: Path) -> None:
    report = back_up(hub)
    stolen, honest = hub.enrol(), hub.enrol()
    revoke(hub, stolen)
    holder = tmp_path / "holder.json"
    write_key_backup(hub.home, holder, holder="Alix", passphrase=PHRASE, now_ms=hub.clock())
    for path in sorted((hub.home / "keys").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (hub.home / "keys").rmdir()
    hub.keys = restore_keys(hub.home, holder, PHRASE)
    hub, whole = restored(hub, report)
    assert not whole
    assert comes_back(hub, stolen) == "revoked", "who is on the list is refused all the same"
    assert comes_back(hub, honest) == "revocations_lost"
    hub.close()


def test_a_hub_that_never_revoked_readmits(hub: Stand) -> None:
    honest = hub.enrol()
    table = table_of(Terminal)
    with hub.database.write() as connection:
        connection.execute(table.delete())
    assert list_of(hub).complete
    assert comes_back(hub, honest) == "ok"


def test_what_was_revoked_stays_so_in_a_database_that_was_copied_by_hand(hub: Stand) -> None:
    stolen, before = hub.enrol(), hub.home / "before.db"
    copy_database(hub.home / "hub.db", before)
    with hub.database.write() as connection:
        fleet.revoke(connection, hub.keys, hub.clock(), stolen.terminal_id, ADMIN)
    hub.close()
    for file in hub.home.glob("hub.db*"):
        file.unlink()
    before.rename(hub.home / "hub.db")
    create_app(HubSettings(home=hub.home))
    with hub.reopened().database.read() as connection:
        assert [one.revoked_by for one in fleet.list_terminals(connection)] == [ADMIN]
