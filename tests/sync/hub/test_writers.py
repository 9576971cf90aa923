"""Several writers at once, on both engines: nothing is skipped, lost or promised twice; sites do not wait in vain."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text

from sync.clock import make_stamp
from sync.errors import Refused
from sync.hub import accounts, feed, fleet, quarantine, rows
from sync.hub.database import HubDatabase, read_meta, write_meta
from sync.hub.database_place import database_of
from sync.hub.exchange import Exchange
from sync.wire import ENTRIES_PER_ROUND_MAX, HubResponse, Operation, RefusalBody
from tests.sync.hub.stand import ADMIN, SITE, Signer, Stand, hub_in
from tests.sync.hub.streams import quiet_digest

WRITERS = 8
WRITES = 12
PART = "site-lyon"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        yield stand


@contextmanager
def a_worker(hub: Stand) -> Iterator[Stand]:
    """Another program that serves the same hub: connections and memory of its own."""
    with closing(HubDatabase.open(database_of(hub.home), busy_timeout_s=60)) as database:
        exchange = Exchange(database, hub.keys, now_ms=hub.clock, settings=hub.exchange.settings, random=hub.random)
        yield Stand(hub.home, hub.clock, hub.keys, database, exchange, hub.random)


def all_at_once(acts: list[Callable[[], None]], meanwhile: Callable[[], object]) -> None:
    """Every act in a thread of its own, while something else is done without pause; what they raised is raised."""
    raised: list[BaseException] = []

    def run(act: Callable[[], None]) -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001
            raised.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        meanwhile()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]


def skipped_by_a_reader(hub: Stand, before: Callable[[], object] = lambda: None) -> set[str]:
    """Eight programs write records of one site while a reader follows its feed; what the reader never saw.

    ``before`` runs outside the transaction of each writing, in its thread, where a naive hub draws its number.
    """
    written, seen, reached = set[str](), set[str](), dict[str, int]()

    def write_all(writer: int) -> None:
        with closing(HubDatabase.open(database_of(hub.home), busy_timeout_s=60)) as database:
            for at in range(WRITES):
                before()
                with database.write(PART) as connection:
                    publish(connection, f"w{writer}-{at}")
                    time.sleep(0.001 * ((writer + at) % 4))  # a transaction takes as long as it takes
                written.add(f"w{writer}-{at}")

    def read_new() -> int:
        with hub.database.read() as connection:
            page = feed.read_after(connection, reached, [PART], "")
        reached.update(page.checkpoints)
        seen.update(entry.id for entry in page.entries)
        return len(page.entries)

    all_at_once([lambda writer=writer: write_all(writer) for writer in range(WRITERS)], read_new)  # type: ignore[misc]
    while read_new():
        pass
    assert len(written) == WRITERS * WRITES
    return written - seen


def publish(connection: Connection, record_id: str) -> None:
    feed.publish(connection, PART, "site", PART, record_id, {"name": ("Mairie", make_stamp(1, 0, 0))})


def test_eight_writers_skip_nothing(hub: Stand) -> None:
    assert skipped_by_a_reader(hub) == set()


def test_a_number_drawn_before_the_lock_skips_rows(hub: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check above can fail: the order that looks natural, planted in the real feed."""
    numbers, lock, mine = itertools.count(2), threading.Lock(), threading.local()

    def draw() -> None:
        with lock:
            mine.n = next(numbers)
        time.sleep(0.001 * (mine.n % 4))

    plant(monkeypatch, lambda _connection: mine.n)
    assert skipped_by_a_reader(hub, draw), "the naive order skipped nothing this time"


def test_a_sequence_in_the_place_of_the_counter_skips_rows(hub: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """The naive sequence of a server: drawn inside the transaction, by writers that do not wait for each other."""
    with hub.database.write() as connection:
        connection.execute(text("CREATE SEQUENCE naive START 2"))
    monkeypatch.setattr(type(hub.database._engine), "lock", lambda _self, _connection, _site_id: None)
    plant(monkeypatch, lambda connection: connection.execute(text("SELECT nextval('naive')")).scalar_one())
    skipped = skipped_by_a_reader(hub)
    with hub.database.write() as connection:
        connection.execute(text("DROP SEQUENCE naive"))
    assert skipped, "the naive sequence skipped nothing this time"


def plant(monkeypatch: pytest.MonkeyPatch, draw: Callable[[Connection], int]) -> None:
    """Numbers of the feed come from ``draw``; a reader has read through the greatest that it saw."""

    def take(connection: Connection, part: str, count: int) -> int:
        assert count == 1
        return draw(connection)

    monkeypatch.setattr(feed, "_take_numbers", take)
    monkeypatch.setattr(feed, "_READ_HEADS", text("SELECT part, max(n) AS n, 0 AS floor FROM hub_feed GROUP BY part"))


def test_eight_terminals_at_several_workers_lose_nothing_and_skip_nothing(hub: Stand) -> None:
    """Real rounds, by programs that share nothing but the database; a ninth terminal of each site follows."""
    other = "site-bron"
    hub.add_site(other)
    senders = [hub.enrol(SITE if at % 2 else other) for at in range(WRITERS)]
    readers = {site_id: hub.enrol(site_id) for site_id in (SITE, other)}
    sent: dict[str, set[str]] = {SITE: set(), other: set()}
    seen: dict[str, set[str]] = {SITE: set(), other: set()}

    def send(sender: Signer) -> None:
        with a_worker(hub) as worker:
            sender.hub = worker
            for _ in range(4):
                operations = [sender.registration() for _ in range(3)]
                assert sender.round(operations).receipts[-1].outcome == "applied"
                sent[sender.certificate.site_id] |= {one.id for one in operations}

    def follow() -> None:
        for site_id, reader in readers.items():
            seen[site_id] |= {entry.id for entry in reader.round().entries if entry.kind == "registration"}

    all_at_once([lambda one=one: send(one) for one in senders], follow)  # type: ignore[misc]
    follow()
    assert seen == sent
    digests = {quiet_digest(readers[site_id]) for site_id in (SITE, other)}
    assert len(digests) == 2
    assert None not in digests


def test_the_last_place_is_given_once_by_several_workers(hub: Stand) -> None:
    slot_id = hub.add_slot()
    terminals = [hub.enrol() for _ in range(4)]
    asks = [(one, one.booking(slot_id)) for one in terminals]

    def ask(terminal: Signer, operation: Operation) -> None:
        with a_worker(hub) as worker:
            terminal.hub = worker
            terminal.round([operation])

    all_at_once([lambda one=one, it=it: ask(one, it) for one, it in asks], lambda: None)  # type: ignore[misc]
    states = sorted(str(hub.read("booking", operation.id)["state"]) for _, operation in asks)
    assert states == ["confirmed", "declined", "declined", "declined"]
    assert hub.read("slot", slot_id)["taken"] == 1


def test_the_journal_stays_one_chain_and_no_update_is_lost(hub: Stand) -> None:
    def act() -> None:
        with closing(HubDatabase.open(database_of(hub.home), busy_timeout_s=60)) as database:
            for _ in range(WRITES):
                with database.write() as connection:
                    accounts.audit(connection, hub.clock(), ADMIN, "site.add", SITE)
                    write_meta(connection, "count", str(int(read_meta(connection, "count") or "0") + 1))

    with hub.database.read() as connection:
        before = accounts.verify_audit(connection).lines
    all_at_once([act] * WRITERS, lambda: None)
    with hub.database.read() as connection:
        report = accounts.verify_audit(connection)
        assert (report.lines - before, report.broken_at) == (WRITERS * WRITES, None)
        assert read_meta(connection, "count") == str(WRITERS * WRITES)


def test_who_writes_anything_waits_for_every_site_and_a_site_for_nobody_elses(hub: Stand) -> None:
    hub.database.busy_timeout_s = 0.2

    def waits(one: str | None, other: str | None) -> bool:
        with hub.database.write(one):
            try:
                with hub.database.write(other):
                    return False
            except Refused as refused:
                return refused.code == "busy"

    assert waits(None, SITE)
    assert waits(SITE, None)
    assert waits(SITE, SITE)
    assert waits(SITE, "site-bron") == (hub.database.path is not None), "only a file has one writer"
    with hub.database.write(SITE) as connection:
        rows.write_as_hub(connection, hub.clock(), "site", SITE, SITE, {"name": "Mairie annexe"})


def test_a_transaction_about_one_site_writes_nothing_else(hub: Stand) -> None:
    def write(act: Callable[[Connection], object]) -> None:
        with hub.database.write(SITE) as connection:
            act(connection)

    with pytest.raises(ValueError, match="not of that site"):
        write(lambda connection: accounts.audit(connection, hub.clock(), ADMIN, "site.add", SITE))
    other = "site-bron"
    with pytest.raises(ValueError, match="not of that site"):
        write(lambda connection: rows.write_as_hub(connection, 1, "site", other, other, {"name": "Mairie"}))
    assert [site_id for site_id, _, _ in read_sites(hub)] == [SITE]
    with hub.database.write() as connection:
        rows.write_as_hub(connection, 1, "site", other, other, {"name": "Mairie"})
    assert [site_id for site_id, _, _ in read_sites(hub)] == [other, SITE]


def read_sites(hub: Stand) -> list[tuple[str, str, object]]:
    with hub.database.read() as connection:
        return list(rows.read_all(connection, "site"))


def after_authenticating(hub: Stand, terminal: Signer, between: Callable[[Connection], None]) -> HubResponse:
    """What a request is answered when something is written after its signature was verified, and before its lock."""
    request = terminal.signed(terminal.body([terminal.registration()]))
    answers: list[HubResponse] = []
    authenticated = threading.Event()

    def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
        if "hub_terminal" in statement:
            authenticated.set()

    with a_worker(hub) as worker:
        event.listen(worker.database.engines[1], "after_cursor_execute", note)
        asking = threading.Thread(target=lambda: answers.append(worker.exchange.answer(request)))
        with hub.database.write() as connection:
            asking.start()
            assert authenticated.wait(30)
            between(connection)
        asking.join()
    return answers[0]


def test_a_terminal_revoked_while_its_request_waited_is_refused_and_its_operations_kept_apart(hub: Stand) -> None:
    terminal = hub.enrol()
    answer = after_authenticating(
        hub,
        terminal,
        lambda connection: fleet.revoke(connection, hub.keys, hub.clock(), terminal.terminal_id, ADMIN),
    )
    assert RefusalBody.from_bytes(answer.body).code == "revoked"
    assert {kind for _, kind, _ in hub.feed_of()} == {"site"}
    with hub.database.read() as connection:
        assert len(quarantine.list_held(connection)) == 1


def test_a_request_whose_terminal_asked_again_meanwhile_is_judged_by_what_stands_now(hub: Stand) -> None:
    terminal = hub.enrol()

    def mark(connection: Connection) -> None:
        connection.execute(text("UPDATE hub_terminal SET counter = counter + 1, incarnation = 'earlier'"))

    terminal.counter = 1
    assert after_authenticating(hub, terminal, mark).status == 200
    with hub.database.read() as connection:
        turns = read_meta(connection, f"turns/{terminal.terminal_id}")
    assert turns is not None, "the other incarnation was seen"


def test_a_request_is_answered_once_whichever_worker_has_it(hub: Stand) -> None:
    terminal = hub.enrol()
    request = terminal.signed(terminal.body([terminal.registration()]))
    with a_worker(hub) as one, a_worker(hub) as other:
        codes: list[int] = []
        acts = [lambda worker=worker: codes.append(worker.exchange.answer(request).status) for worker in (one, other)]
        all_at_once(acts, lambda: None)  # type: ignore[arg-type]
    assert sorted(codes) == [200, 409]


def test_whoever_reads_from_the_beginning_gets_its_own_entries_from_any_worker(hub: Stand) -> None:
    terminal = hub.enrol()
    mine = f"{terminal.terminal_id}/{terminal.incarnation}"
    site = {"name": ("Mairie", make_stamp(1, 0, 0))}
    count = 2 * ENTRIES_PER_ROUND_MAX + 5
    terminal.round()
    with hub.database.write() as connection:
        standings = [f"x{at:05}" for at in range(count)]
        for record_id in standings[:1]:
            feed.publish(connection, SITE, "site", SITE, record_id, site, mine)
        rows.write_all_as_hub(connection, 1, "site", SITE, {one: {"name": "Mairie"} for one in standings[1:]})
        connection.execute(text("UPDATE hub_feed SET origin = :mine WHERE id LIKE 'x%'"), {"mine": mine})
    assert terminal.round().entries == [], "it holds them"
    terminal.checkpoints = {}
    told: list[str] = []
    with a_worker(hub) as one, a_worker(hub) as other:
        for worker in itertools.cycle((one, other)):
            terminal.hub = worker
            reply = terminal.round()
            told += [entry.id for entry in reply.entries if entry.id.startswith("x")]
            if not reply.more:
                break
    assert told == standings
    with hub.database.read() as connection:
        assert connection.execute(text("SELECT whole_through FROM hub_terminal")).scalar_one() == 0
