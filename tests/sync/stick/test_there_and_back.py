"""A round on a stick: there, back, late, twice, and overtaken by the network."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.hub import accounts, backup, chosen, stick, vault
from sync.hub import rows as hub_rows
from sync.hub.keys import rotate_sealing
from sync.hub.settings import HubSettings, RetentionTerms
from sync.replica.stick import TakenIn
from sync.replica.terminal import Terminal
from sync.seal import SUITE_X25519
from sync.wire import ENTRIES_PER_ROUND_MAX
from tests.sync.replica.stand_in import SITE, a_registration, an_event
from tests.sync.stick.journeys import World, event_id, held_at_the_hub, titles

DAY_MS = 86_400_000
TYPED = "N’Diaye-Élodie"


def test_what_waits_goes_out_on_a_stick_and_the_answer_comes_back_sealed_both_ways(
    world: World, terminal: Terminal
) -> None:
    registration = terminal.store.new_id()
    sealed = terminal.store.seal("registration", registration, {"nom": TYPED})
    terminal.store.write("registration", registration, a_registration(), sealed=sealed)
    booking = world.books(terminal, "slot-1")
    world.publishes_slots()
    world.publishes("Atelier CV")
    place = world.stick()
    exported = terminal.sticks.export(place)
    assert (exported.operations, exported.more) == (2, False)
    assert terminal.status().waiting == 2, "nothing is given up before an answer says that it has arrived"

    outcome = world.one_at_the_hub(place)
    assert (outcome.outcome, outcome.first, outcome.through) == (stick.TAKEN, 1, 2)
    assert (outcome.terminal_no, outcome.site_id) == (terminal.identity.terminal_no, SITE)
    names = sorted(path.name for path in place.iterdir())
    assert names == ["point-contact-borne-1-du-hub.pcs", "point-contact-borne-1-vers-le-hub.pcs"]
    for path in place.iterdir():
        raw = path.read_bytes()
        hidden = [booking, registration, terminal.identity.terminal_id, SITE, "Atelier", TYPED, "slot"]
        assert not [one for one in hidden if one.encode() in raw]

    world.real.now.ms += 3 * DAY_MS
    report = terminal.sticks.take_in(place)
    assert report == TakenIn(ok=True, code="ok", message="", pushed=2, pulled=report.pulled, waiting=0)
    answered = {record_id: one.values()["state"] for record_id, one in terminal.store.list("booking")}
    assert answered == {booking: "confirmed"}
    held = terminal.store.get("registration", registration)
    assert held is not None
    assert held.values()["state"] == "recue"
    assert titles(terminal) == {"Atelier CV"}
    assert terminal.store.list("grant"), "places that were given travel too"
    status = terminal.status()
    assert (status.digest_mismatches, status.redraws, status.guaranteed > 0) == (0, 0, True)
    assert status.last_contact_ms == world.real.now.ms - 3 * DAY_MS, "what is shown is as old as the answer"
    assert abs(terminal.now_ms() - world.real.now.ms) < 1000, "an answer that was days on its way sets no clock back"
    assert terminal.sticks.take_in(place).code == "old"
    with world.real.database.read() as connection:
        (line,) = accounts.find_audit(connection, "stick.take")
    assert (line["who"], line["subject"]) == ("agent", terminal.identity.terminal_id)
    assert line["detail"].endswith(",1-2")


def test_a_hub_may_choose_the_short_suite_for_what_is_typed_and_for_sticks(world: World, terminal: Terminal) -> None:
    home = world.real.keys.home
    world.real.exchange.keys = rotate_sealing(home, now_ms=world.real.now(), suite=SUITE_X25519)
    world.line = True
    assert terminal.rounds.run().ok
    world.line = False
    registration = terminal.store.new_id()
    sealed = terminal.store.seal("registration", registration, {"nom": TYPED})
    assert sealed.header.suite == SUITE_X25519
    terminal.store.write("registration", registration, a_registration(), sealed=sealed)
    assert world.there_and_back(terminal).code == "ok"
    with world.real.database.write() as connection:
        accounts.add_account(connection, world.real.now(), "reader", [accounts.INSTRUCTION], "agent")
    opened = vault.open_sealed(
        world.real.database, home, world.real.now(), "registration", SITE, registration, who="reader", reason="incident"
    )
    assert opened.answers == {"nom": TYPED}


def test_a_round_between_the_export_and_the_hub_makes_the_stick_old(world: World, terminal: Terminal) -> None:
    world.books(terminal)
    place = world.stick()
    terminal.sticks.export(place)
    world.books(terminal)
    world.line = True
    assert terminal.rounds.run().ok
    outcome = world.one_at_the_hub(place)
    assert (outcome.outcome, outcome.code) == (stick.OLD, "old")
    assert world.bookings_at_the_hub() == 2
    assert [terminal.sticks.take_in(place).code for _ in range(2)] == ["old", "old"]
    assert terminal.status().redraws == 0


def test_a_round_between_the_hub_and_the_import_is_never_undone_by_the_answer(world: World, terminal: Terminal) -> None:
    booking = world.books(terminal)
    place = world.stick()
    terminal.sticks.export(place)
    world.publishes("Avant")
    world.at_the_hub(place)
    world.publishes("Après")
    world.real.write("event", event_id("Avant"), {"title": "Changé"})
    world.line = True
    assert terminal.rounds.run().ok
    terminal.store.write("booking", booking, {"language": "en"})
    before = terminal.status()
    report = terminal.sticks.take_in(place)
    assert (report.ok, report.code, report.pulled) == (True, "old", 0)
    assert titles(terminal) == {"Changé", "Après"}
    assert terminal.status().waiting == before.waiting == 1
    assert terminal.status().conflicts == 0
    assert terminal.rounds.run().pulled == 0
    assert terminal.status().digest_mismatches == 0


@pytest.mark.parametrize("order", [("first", "second"), ("second", "first")])
def test_two_sticks_may_be_under_way_and_come_back_in_any_order(
    world: World, terminal: Terminal, order: tuple[str, str]
) -> None:
    for name in ("first", "second"):
        world.books(terminal)
        terminal.sticks.export(world.stick(name))
    for name in ("first", "second"):
        world.publishes(name)
        assert world.one_at_the_hub(world.stick(name)).outcome == stick.TAKEN
    reports = [terminal.sticks.take_in(world.stick(name)) for name in order]
    assert all(report.ok for report in reports)
    assert sum(report.pushed for report in reports) == 2
    assert titles(terminal) == {"first", "second"}
    assert world.bookings_at_the_hub() == 2
    assert terminal.status().waiting == 0
    assert terminal.status().digest_mismatches == 0


def test_both_files_on_one_stick_are_taken_in_the_order_they_were_written(world: World, terminal: Terminal) -> None:
    place = world.stick()
    world.books(terminal)
    older = terminal.sticks.export(place).file.rename(place / "z copie.pcs")
    world.books(terminal)
    terminal.sticks.export(place)
    outcomes = world.at_the_hub(place)
    assert [(one.file, one.outcome, one.through) for one in outcomes] == [
        (older.name, stick.TAKEN, 1), ("point-contact-borne-1-vers-le-hub.pcs", stick.TAKEN, 2)
    ]  # fmt: skip
    assert terminal.sticks.take_in(place).pushed == 2
    older.rename(place / "a.pcs")
    assert {one.outcome for one in world.at_the_hub(place)} == {stick.OLD, stick.AGAIN}


def test_a_lost_answer_is_healed_by_the_same_stick_and_its_places_stay_held(world: World, terminal: Terminal) -> None:
    world.publishes_slots()
    world.books(terminal)
    place = world.stick()
    terminal.sticks.export(place)
    answer = place / str(world.one_at_the_hub(place).answer)
    given = held_at_the_hub(world)
    assert given > 0
    answer.unlink()  # the stick was lost on its way back, and a copy of it is brought once more
    again = world.one_at_the_hub(place)
    assert (again.outcome, held_at_the_hub(world)) == (stick.AGAIN, given)
    assert world.bookings_at_the_hub() == 1
    assert terminal.sticks.take_in(place).pushed == 1
    assert len(terminal.store.list("grant")) == given


def test_a_lost_answer_is_healed_by_the_next_round_too(world: World, terminal: Terminal) -> None:
    world.publishes_slots()
    world.books(terminal)
    place = world.stick()
    terminal.sticks.export(place)
    world.at_the_hub(place)
    world.line = True
    assert terminal.rounds.run().ok
    assert len(terminal.store.list("grant")) == held_at_the_hub(world) > 0
    assert (terminal.status().waiting, world.bookings_at_the_hub()) == (0, 1)
    late = terminal.sticks.take_in(place)
    assert (late.ok, late.pushed, late.pulled) == (True, 0, 0)


def test_a_hub_that_was_restored_says_what_it_lacks_and_the_next_stick_brings_it(
    world: World, terminal: Terminal, tmp_path: Path
) -> None:
    real = world.real
    backed = backup.make_backup(real.database, real.keys, real.now(), "agent")
    world.books(terminal)
    assert world.there_and_back(terminal).pushed == 1
    real.put_back(backed.path)
    world.books(terminal)
    place = world.stick()
    terminal.sticks.export(place)
    outcome = world.one_at_the_hub(place)
    assert (outcome.outcome, outcome.code) == (stick.REFUSED, "gap")
    assert "terminal export" in str(outcome.message)
    assert world.bookings_at_the_hub() == 0
    told = terminal.sticks.take_in(place)
    assert (told.ok, told.code, told.waiting) == (False, "gap", 2)
    assert "terminal export" in told.message
    assert world.there_and_back(terminal).pushed == 2
    assert world.bookings_at_the_hub() == 2
    assert terminal.status().digest_mismatches == 0


def test_an_answer_too_long_for_one_file_goes_on_with_the_next_journey(world: World, terminal: Terminal) -> None:
    count = ENTRIES_PER_ROUND_MAX + 5
    events = {event_id(str(n)): {**an_event(str(n)), "external_ref": event_id(str(n))} for n in range(count)}
    with world.real.database.write() as connection:
        hub_rows.write_all_as_hub(connection, world.real.now(), "event", SITE, events)
    place = world.stick()
    terminal.sticks.export(place)
    stick.exchange(world.real.exchange, place, "agent", answer_bytes_max=1)
    first = terminal.sticks.take_in(place)
    assert (first.ok, first.more, first.pulled) == (True, True, ENTRIES_PER_ROUND_MAX)
    rest = world.there_and_back(terminal)
    assert (rest.ok, rest.more, rest.pulled) == (True, False, 5)
    assert len(terminal.store.list("event")) == count
    assert terminal.status().digest_mismatches == 0


def test_what_differs_is_seen_by_an_answer_and_mended_by_the_next_journey(world: World, terminal: Terminal) -> None:
    for name in ("Juste", "Faux"):
        world.publishes(name)
    assert world.there_and_back(terminal).pulled == 2
    with terminal._database.write(urgent=True) as connection:
        connection.exec_driver_sql("UPDATE replica_record_stamps SET stamps = '{}' WHERE id = ?", (event_id("Faux"),))
        connection.exec_driver_sql("UPDATE event SET title = 'x' WHERE id = ?", (event_id("Faux"),))
    world.publishes("Suivant")
    assert world.there_and_back(terminal).ok
    assert terminal.status().digest_mismatches == 1
    assert world.there_and_back(terminal).ok
    assert titles(terminal) == {"Juste", "Faux", "Suivant"}
    assert terminal.status().digest_mismatches == 1


def test_a_clock_that_stands_still_in_another_year_learns_the_time_from_an_answer(world: World) -> None:
    hub_ms = world.real.now.ms
    world.real.now.ms -= 2000 * DAY_MS
    terminal = world.open("terminal")
    place = world.stick()
    terminal.sticks.export(place)
    world.real.now.ms = hub_ms + 5 * DAY_MS
    world.at_the_hub(place)
    signed_ms, world.real.now.ms = world.real.now.ms, hub_ms - 1990 * DAY_MS
    assert terminal.sticks.take_in(place).ok
    assert terminal.now_ms() == signed_ms
    world.real.now.ms += DAY_MS
    assert terminal.now_ms() == signed_ms + DAY_MS
    assert not terminal.status().clock_trusted


def test_what_the_hub_serves_rounds_with_counts_for_a_stick_too(world: World) -> None:
    home = world.real.keys.home
    served = HubSettings(home=home, grants_per_terminal=0, public_url="https://hub.example", requests_per_hour=7)
    with world.real.database.write() as connection:
        assert chosen.served(connection, HubSettings(home=home)) == HubSettings(home=home), "it never served"
        chosen.keep(connection, served, RetentionTerms())
        assert chosen.served(connection, HubSettings(home=home)) == served
