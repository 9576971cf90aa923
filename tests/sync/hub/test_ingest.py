"""What a terminal pushed: trimmed, checked, merged, journaled, and receipts that do not change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sync import seal
from sync.change import Value, new_id
from sync.clock import make_stamp
from sync.fields import FieldChange
from sync.hub import conflicts, feed, rows
from sync.hub.database import table_of
from sync.hub.tables import SealedText
from sync.wire import Operation, Receipt, to_text
from tests.sync.hub.stand import SITE, START_MS, Signer, Stand, hub_in


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        yield stand


def only(receipts: list[Receipt]) -> Receipt:
    [receipt] = receipts
    return receipt


def journal(hub: Stand) -> list[conflicts.Journaled]:
    with hub.database.read() as connection:
        return conflicts.read_journal(connection)


def stamps_of(hub: Stand, record_id: str) -> dict[str, str]:
    """The newest stamp of each field anywhere in the feed."""
    newest: dict[str, str] = {}
    with hub.database.read() as connection:
        for entry in feed.read_after(connection, {}, [SITE], "").entries:
            if entry.id == record_id:
                for name, held in entry.fields.items():
                    newest[name] = max(held.stamp, newest.get(name, ""))
    return newest


def held_stamps(hub: Stand, kind: str, record_id: str) -> dict[str, str]:
    from sync.hub.standing import load  # noqa: PLC0415

    with hub.database.read() as connection:
        return load(connection, kind, SITE, [record_id])[record_id].stamps


def test_a_registration_is_received_and_its_sealed_part_kept(hub: Stand) -> None:
    terminal = hub.enrol()
    record_id = new_id(hub.clock(), hub.random(10))
    sealed = seal.seal(hub.keys.sealing, "registration", SITE, record_id, {"nom": "Roux"})
    reply = terminal.round([terminal.registration(record_id=record_id, sealed=sealed.to_text())])
    assert only(reply.receipts).outcome == "applied"
    found = hub.read("registration", record_id)
    assert (found["state"], found["received_at"]) == ("recue", "2026-11-21T08:33:20Z")
    with hub.database.read() as connection:
        row = connection.execute(table_of(SealedText).select()).one()
    assert (row.id, row.key_id, row.sealed, row.received_ms) == (
        record_id, hub.keys.sealing.key_id, sealed.to_text(), START_MS,
    )  # fmt: skip


def test_a_resend_is_trimmed_and_gets_the_same_receipts(hub: Stand) -> None:
    terminal, other = hub.enrol(), hub.enrol()
    slot_id = hub.add_slot()
    booking = other.booking(slot_id)
    other.round([booking])
    operations = [
        terminal.registration(),
        terminal.operation("slot", slot_id, {"taken": 0}),
        terminal.operation("booking", booking.id, {"slot_id": "elsewhere"}),
    ]
    first = terminal.round(operations)
    assert [receipt.outcome for receipt in first.receipts] == ["applied", "rejected", "conflict"]
    before = hub.feed_of()
    again = terminal.round(operations)
    assert again.receipts == first.receipts
    assert again.applied_through == 3
    assert hub.feed_of() == before
    assert len(journal(hub)) == 1


def test_a_resend_that_goes_further_applies_only_what_is_new(hub: Stand) -> None:
    terminal = hub.enrol()
    operations = [terminal.registration() for _ in range(3)]
    terminal.round(operations[:2])
    reply = terminal.round(operations)
    assert [receipt.seq for receipt in reply.receipts] == [1, 2, 3]
    assert len(hub.feed_of()) == 1 + 2 * 3


def test_another_operation_under_an_old_number_is_said_and_not_lost_silently(hub: Stand) -> None:
    terminal = hub.enrol()
    terminal.round([terminal.registration()])
    terminal.seq = 0
    reply = terminal.round([terminal.registration()])
    assert (only(reply.receipts).outcome, only(reply.receipts).code) == ("rejected", "other_operation")


def test_what_follows_another_operation_is_taken_under_the_incarnation_that_made_it(hub: Stand) -> None:
    """This disk was put back: what it did since comes again as another incarnation's, and is judged as that."""
    terminal = hub.enrol()
    terminal.round([terminal.registration()])
    terminal.seq = 0
    other, after = terminal.registration(), terminal.registration()
    reply = terminal.round([other, after])
    assert (reply.applied_through, only(reply.receipts).code) == (1, "other_operation")
    assert after.id not in {record_id for _, _, record_id in hub.feed_of()}
    assert terminal.round([after]).applied_through == 2


def test_an_operation_stamped_anew_is_judged_again(hub: Stand) -> None:
    """The receipt was lost, then the clock was set right: terminal and hub must hold one stamp."""
    terminal, other = hub.enrol(), hub.enrol()
    slot_id = hub.add_slot(capacity=2)
    booking = terminal.booking(slot_id)
    terminal.round([booking])
    other.round()
    change = terminal.operation("booking", booking.id, {"language": "ar"})
    terminal.round([change])
    hub.clock.ms += 1000
    other.round([other.operation("booking", booking.id, {"language": "uk"})])
    assert hub.read("booking", booking.id)["language"] == "uk"
    hub.clock.ms += 60_000
    stamp = terminal.hlc.tick()
    anew = change.changed(fields={"language": FieldChange(value="ar", stamp=stamp)})
    reply = terminal.round([anew])
    assert only(reply.receipts).outcome == "applied"
    assert (hub.read("booking", booking.id)["language"], held_stamps(hub, "booking", booking.id)["language"]) == (
        "ar",
        stamp,
    )
    assert [line.lost_value for line in journal(hub)] == ["uk", "ar"], "each was kept when it lost"


def test_operations_must_follow_each_other(hub: Stand) -> None:
    terminal = hub.enrol()
    one, two = terminal.registration(), terminal.registration()
    assert terminal.refused([two, one]).code == "gap"
    assert terminal.refused([one, one]).code == "malformed"
    assert len(hub.feed_of()) == 1


def test_every_incarnation_counts_for_itself(hub: Stand) -> None:
    terminal = hub.enrol()
    terminal.round([terminal.registration(), terminal.registration()])
    terminal.incarnation, terminal.seq = new_id(hub.clock(), hub.random(10)), 0
    assert terminal.round([terminal.registration()]).applied_through == 1


def bad(hub: Stand, terminal: Signer, what: str) -> Operation:
    """One operation with something wrong in it."""
    registration_id = new_id(hub.clock(), hub.random(10))

    def sealed(kind: str = "registration", site_id: str = SITE, record_id: str = registration_id) -> str:
        return seal.seal(hub.keys.sealing, kind, site_id, record_id, {"nom": "Roux"}).to_text()

    good = terminal.registration(record_id=registration_id)
    stamp = good.fields["state"].stamp

    def also(name: str, value: Value, **changed: Any) -> Operation:
        change = FieldChange(value=value, stamp=changed.pop("stamp", stamp))
        return good.changed(fields={**good.fields, name: change}, **changed)

    makers: dict[str, Operation] = {
        "unknown_kind": good.changed(kind="meeting"),
        "wrong_site": good.changed(site_id="site-saint-denis"),
        "forbidden_field": also("received_at", "2026-11-21T08:00:00Z"),
        "unknown_field": also("colour", "red"),
        "forbidden_kind": good.changed(kind="slot", fields={"gone": FieldChange(value=True, stamp=stamp)}),
        "foreign_stamp": also("language", "fr", stamp=make_stamp(START_MS, 0, 77)),
        "hub_stamp": also("language", "fr", stamp=make_stamp(START_MS, 0, 0)),
        "invalid": also("reference_no", "seven"),
        "control": also("language", "a\x00b"),
        "missing": good.changed(fields={name: good.fields[name] for name in good.fields if name != "notice_version"}),
        "forbidden_state": also("state", "transmise"),
        "foreign_reference": also("terminal_no", 99),
        "sealed_malformed": good.changed(sealed="no seal"),
        "sealed_json": good.changed(sealed=to_text(b'{"header": 1}')),
        "sealed_header_id": good.changed(sealed=sealed(record_id="another-record")),
        "sealed_header_kind": good.changed(sealed=sealed(kind="booking")),
        "sealed_header_site": good.changed(sealed=sealed(site_id="site-saint-denis")),
    }
    return makers[what]


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("unknown_kind", "unknown_kind"),
        ("wrong_site", "wrong_site"),
        ("forbidden_field", "forbidden_field"),
        ("unknown_field", "forbidden_field"),
        ("forbidden_kind", "forbidden_field"),
        ("foreign_stamp", "foreign_stamp"),
        ("hub_stamp", "foreign_stamp"),
        ("invalid", "invalid"),
        ("control", "invalid"),
        ("missing", "invalid"),
        ("forbidden_state", "forbidden_state"),
        ("foreign_reference", "foreign_reference"),
        ("sealed_malformed", "sealed_malformed"),
        ("sealed_json", "sealed_malformed"),
        ("sealed_header_id", "sealed_header"),
        ("sealed_header_kind", "sealed_header"),
        ("sealed_header_site", "sealed_header"),
    ],
)
def test_a_bad_operation_is_rejected_and_holds_nobody_up(hub: Stand, what: str, code: str) -> None:
    terminal = hub.enrol()
    operation = bad(hub, terminal, what)
    behind = terminal.registration()
    reply = terminal.round([operation, behind])
    rejected, applied = reply.receipts
    assert (rejected.outcome, rejected.code, applied.outcome) == ("rejected", code, "applied")
    assert rejected.message
    assert reply.applied_through == 2
    with hub.database.read() as connection:
        assert [record_id for _, record_id, _ in rows.read_all(connection, "registration")] == [behind.id]
        assert connection.execute(table_of(SealedText).select()).all() == []


def test_a_sealed_part_is_replaced_by_its_own_terminal_only(hub: Stand) -> None:
    terminal, other = hub.enrol(), hub.enrol()
    record_id = new_id(hub.clock(), hub.random(10))

    def sealed(name: str) -> str:
        return seal.seal(hub.keys.sealing, "registration", SITE, record_id, {"nom": name}).to_text()

    def kept() -> str:
        with hub.database.read() as connection:
            return str(connection.execute(table_of(SealedText).select()).one().sealed)

    first, second, third = sealed("Roux"), sealed("Le Roux"), sealed("Faux")
    terminal.round([terminal.registration(record_id=record_id, sealed=first)])
    assert kept() == first
    terminal.round([terminal.operation("registration", record_id, {"if_unsent": "detruire"}, sealed=second)])
    assert kept() == second
    receipt = only(other.round([other.operation("registration", record_id, {"gone": True}, sealed=third)]).receipts)
    assert receipt.code == "sealed_foreign"
    assert kept() == second
    assert hub.read("registration", record_id)["gone"] is False


class Duel:
    """Two terminals that know the same booking and write one of its fields without seeing each other."""

    def __init__(self, hub: Stand) -> None:
        self.hub = hub
        self.first, self.second = hub.enrol(), hub.enrol()
        booking = self.first.booking(hub.add_slot(capacity=5), needs=["lsf"])
        self.id = booking.id
        self.first.round([booking])
        self.first.round()
        self.second.round()

    def write(self, name: str, earlier: Value, later: Value, *, later_arrives_first: bool) -> list[Receipt]:
        """The first terminal writes ``earlier``, the second ``later``; returns their receipts in that order."""
        self.hub.clock.ms += 1000
        early = self.first.operation("booking", self.id, {name: earlier})
        self.hub.clock.ms += 1000
        late = self.second.operation("booking", self.id, {name: later})
        sends = [(self.first, early), (self.second, late)]
        if later_arrives_first:
            sends.reverse()
        receipts = [only(terminal.round([operation]).receipts) for terminal, operation in sends]
        return receipts[::-1] if later_arrives_first else receipts

    def check_newest_stands(self) -> None:
        """What the hub holds bears the newest stamp that anybody ever saw of the field."""
        newest = stamps_of(self.hub, self.id)
        assert held_stamps(self.hub, "booking", self.id) == newest
        for terminal in (self.first, self.second):
            terminal.round()
            for name, stamp in newest.items():
                assert terminal.seen[self.id, name] == stamp, name


@pytest.mark.parametrize("later_arrives_first", [False, True])
def test_the_latest_stands_and_the_other_is_journaled(hub: Stand, later_arrives_first: bool) -> None:
    duel = Duel(hub)
    early, late = duel.write("language", "ar", "uk", later_arrives_first=later_arrives_first)
    assert hub.read("booking", duel.id)["language"] == "uk"
    assert late.outcome == "applied"
    assert (early.outcome, early.lost) == (("conflict", ["language"]) if later_arrives_first else ("applied", []))
    [line] = journal(hub)
    assert (line.kept_value, line.lost_value, line.rule, line.needs_person) == ("uk", "ar", "latest", False)
    lost_by = duel.first.terminal_id if later_arrives_first else f"no {duel.first.certificate.terminal_no}"
    assert (line.lost_by, line.at_ms, line.record_id) == (lost_by, hub.clock(), duel.id)
    duel.check_newest_stands()


@pytest.mark.parametrize("later_arrives_first", [False, True])
def test_the_hub_wins_and_what_lost_is_journaled(hub: Stand, later_arrives_first: bool) -> None:
    duel = Duel(hub)
    before = hub.read("booking", duel.id)["reference_hash"]
    receipts = duel.write("reference_hash", "a", "b", later_arrives_first=later_arrives_first)
    assert [receipt.outcome for receipt in receipts] == ["conflict", "conflict"]
    assert hub.read("booking", duel.id)["reference_hash"] == before
    assert sorted((line.lost_value, line.rule) for line in journal(hub)) == [("a", "hub_wins"), ("b", "hub_wins")]
    duel.check_newest_stands()


@pytest.mark.parametrize("later_arrives_first", [False, True])
def test_sets_are_united_and_nothing_is_lost(hub: Stand, later_arrives_first: bool) -> None:
    duel = Duel(hub)
    receipts = duel.write("needs", ["lsf", "pmr"], ["calme"], later_arrives_first=later_arrives_first)
    assert [receipt.outcome for receipt in receipts] == ["applied", "applied"]
    assert hub.read("booking", duel.id)["needs"] == ["calme", "lsf", "pmr"]
    assert journal(hub) == []
    duel.check_newest_stands()


@pytest.mark.parametrize("later_arrives_first", [False, True])
def test_states_go_forward_only(hub: Stand, later_arrives_first: bool) -> None:
    duel = Duel(hub)
    assert hub.read("booking", duel.id)["state"] == "confirmed"
    early, late = duel.write("state", "requested", "cancelled", later_arrives_first=later_arrives_first)
    assert hub.read("booking", duel.id)["state"] == "cancelled"
    assert (early.outcome, late.outcome) == ("conflict", "applied")
    [line] = journal(hub)
    assert (line.lost_value, line.rule, line.needs_person) == ("requested", "states", False)
    duel.check_newest_stands()


def test_a_question_for_a_person_waits_in_the_journal(hub: Stand) -> None:
    """Cancelling what was moved meanwhile: neither state follows the other, so a person looks."""
    terminal, other = hub.enrol(), hub.enrol()
    booking = terminal.booking(hub.add_slot())
    terminal.round([booking])
    other.round([other.booking(hub.add_slot(), moved_from=booking.id)])
    terminal.round([terminal.operation("booking", booking.id, {"state": "cancelled"})])
    with hub.database.read() as connection:
        [line] = conflicts.read_journal(connection, site_id=SITE, open_only=True)
        assert conflicts.read_journal(connection, site_id="site-saint-denis") == []
    assert (line.kept_value, line.lost_value, line.rule, line.needs_person) == (
        "moved", "cancelled", "states", True,
    )  # fmt: skip
    assert held_stamps(hub, "booking", booking.id) == stamps_of(hub, booking.id)


def test_a_change_that_saw_the_other_is_no_conflict(hub: Stand) -> None:
    duel = Duel(hub)
    for terminal, language in ((duel.first, "ar"), (duel.second, "uk"), (duel.first, "fr")):
        hub.clock.ms += 1000
        terminal.round()
        receipt = only(terminal.round([terminal.operation("booking", duel.id, {"language": language})]).receipts)
        assert receipt.outcome == "applied"
    assert journal(hub) == []
    duel.check_newest_stands()


def test_several_operations_of_one_record_in_one_push(hub: Stand) -> None:
    terminal, other = hub.enrol(), hub.enrol()
    booking = terminal.booking(hub.add_slot())
    operations = [
        booking,
        terminal.operation("booking", booking.id, {"language": "uk"}),
        terminal.operation("booking", booking.id, {"language": "ar", "needs": ["lsf"]}),
    ]
    assert {receipt.outcome for receipt in terminal.round(operations).receipts} == {"applied"}
    found = hub.read("booking", booking.id)
    assert (found["language"], found["needs"], found["state"]) == ("ar", ["lsf"], "confirmed")
    assert held_stamps(hub, "booking", booking.id) == stamps_of(hub, booking.id)
    whole = next(entry for entry in other.round().entries if entry.id == booking.id)
    assert whole.fields.keys() >= {"state", "slot_id", "reason", "created_at"}


def test_a_settled_conflict_is_settled_once(hub: Stand) -> None:
    from sync.errors import InvalidInput  # noqa: PLC0415

    duel = Duel(hub)
    duel.write("language", "ar", "uk", later_arrives_first=False)
    duel.write("state", "requested", "cancelled", later_arrives_first=False)
    state_line, language_line = journal(hub)
    with hub.database.write() as connection:
        settled = conflicts.settle(connection, hub.clock(), language_line.id, "Camille Martin", take_lost=True)
        with pytest.raises(InvalidInput, match="déjà réglé"):
            conflicts.settle(connection, hub.clock(), language_line.id, "Camille Martin", take_lost=False)
        with pytest.raises(InvalidInput, match="n’existe pas"):
            conflicts.settle(connection, hub.clock(), "absent", "Camille Martin", take_lost=False)
        with pytest.raises(InvalidInput, match="rendez-vous"):
            conflicts.settle(connection, hub.clock(), state_line.id, "Camille Martin", take_lost=True)
        conflicts.settle(connection, hub.clock(), state_line.id, "Camille Martin", take_lost=False)
    assert (settled.settled_by, settled.settled_ms) == ("Camille Martin", hub.clock())
    assert hub.read("booking", duel.id)["language"] == "ar"
    duel.check_newest_stands()


def with_sealed(hub: Stand, terminal: Signer, record_id: str | None = None) -> Operation:
    """A registration with its sealed part."""
    record_id = record_id or new_id(hub.clock(), hub.random(10))
    text = seal.seal(hub.keys.sealing, "registration", SITE, record_id, {"nom": "Roux"}).to_text()
    return terminal.registration(record_id=record_id, sealed=text)


def sealed_kept(hub: Stand) -> list[str]:
    """The ids of the records whose sealed text the hub keeps."""
    with hub.database.read() as connection:
        return sorted(row.id for row in connection.execute(table_of(SealedText).select()))


def test_what_was_typed_is_destroyed_with_the_operation_that_takes_it_back(hub: Stand) -> None:
    terminal = hub.enrol()
    prepared, other = with_sealed(hub, terminal), with_sealed(hub, terminal)
    terminal.round([prepared, other])
    assert sealed_kept(hub) == sorted([prepared.id, other.id])
    hub.clock.ms += 1000
    terminal.round([terminal.operation("registration", prepared.id, {"state": "retiree"})])
    assert hub.read("registration", prepared.id)["state"] == "retiree"
    assert sealed_kept(hub) == [other.id]


def test_a_sealed_text_sent_again_after_it_was_taken_back_is_not_kept(hub: Stand) -> None:
    terminal = hub.enrol()
    prepared = with_sealed(hub, terminal)
    terminal.round([prepared])
    hub.clock.ms += 1000
    back = terminal.operation("registration", prepared.id, {"state": "retiree"})
    terminal.round([back])
    again = [one.changed(seq=seq) for seq, one in enumerate((prepared, back), start=1)]
    terminal.round(again, incarnation=new_id(hub.clock(), hub.random(10)))
    assert sealed_kept(hub) == []
    assert hub.read("registration", prepared.id)["state"] == "retiree"


def test_a_sealed_text_that_comes_when_all_is_closed_is_not_kept(hub: Stand) -> None:
    terminal = hub.enrol()
    prepared = terminal.registration()
    terminal.round([prepared])
    hub.clock.ms += 1000
    text = with_sealed(hub, terminal, prepared.id).sealed
    closed = terminal.operation("registration", prepared.id, {"state": "close"}, sealed=text, seq=2)
    assert only(terminal.round([closed]).receipts).outcome == "applied"
    assert sealed_kept(hub) == []


def test_a_cancelled_booking_keeps_nothing_of_what_was_typed(hub: Stand) -> None:
    terminal, other = hub.enrol(), hub.enrol()
    record_id = new_id(hub.clock(), hub.random(10))
    sealed = seal.seal(hub.keys.sealing, "booking", SITE, record_id, {"prenom": "Zoé"}).to_text()
    made = terminal.booking(hub.add_slot(), record_id=record_id).changed(sealed=sealed)
    terminal.round([made])
    assert sealed_kept(hub) == [record_id]
    other.round()
    other.round([other.operation("booking", record_id, {"state": "cancelled"})])
    assert hub.read("booking", record_id)["state"] == "cancelled"
    assert sealed_kept(hub) == []


@pytest.mark.parametrize("unsent", ["garder", "detruire", "vendre"])
def test_the_choice_for_what_cannot_leave_is_one_of_two(hub: Stand, unsent: str) -> None:
    terminal = hub.enrol()
    prepared = terminal.registration()
    stamp = prepared.fields["state"].stamp
    fields = {**prepared.fields, "if_unsent": FieldChange(value=unsent, stamp=stamp)}
    receipt = only(terminal.round([prepared.changed(fields=fields)]).receipts)
    assert receipt.outcome == ("rejected" if unsent == "vendre" else "applied")


@pytest.mark.parametrize("what", ["itself", "its slot", "twice"])
def test_a_wish_is_another_slot_and_a_move_is_of_another_booking(hub: Stand, what: str) -> None:
    terminal = hub.enrol()
    slot_id, record_id = hub.add_slot(), new_id(hub.clock(), hub.random(10))
    wrong: dict[str, dict[str, Value]] = {
        "itself": {"moved_from": record_id}, "its slot": {"wishes": [slot_id]}, "twice": {"wishes": ["s-1", "s-1"]},
    }  # fmt: skip
    receipt = only(terminal.round([terminal.booking(slot_id, record_id=record_id, **wrong[what])]).receipts)
    assert (receipt.outcome, receipt.code) == ("rejected", "invalid")


def test_an_operation_that_was_emptied_at_its_terminal_is_taken_and_makes_nothing(hub: Stand) -> None:
    """A registration destroyed at the end of its time, which a restored hub asks for again: its number only is left."""
    terminal = hub.enrol()
    emptied = terminal.registration().changed(fields={})
    [receipt] = terminal.round([emptied]).receipts
    assert (receipt.outcome, receipt.code) == ("applied", None)
    with hub.database.read() as connection:
        assert rows.read(connection, "registration", SITE, emptied.id) is None
