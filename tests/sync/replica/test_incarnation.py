"""An old image that is put back, or a copy in another machine, is seen at start; an ordinary power cut is neither."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from sync.replica import hardware, meta
from sync.replica.terminal import Terminal
from sync.replica.witness import Witness
from sync.wire import HubRequest, HubResponse
from tests.sync.replica.stand_in import MACHINE_SECRET, StandInHub, Time, a_registration
from tests.sync.replica.test_grants import book, booking, give
from tests.sync.replica.test_the_real_hub import SLOT, RealHub, a_terminal

HERE = {"machine": "m-1", "disk": "d-1"}


def started(hub: StandInHub, home: Path, local: Time, found: Mapping[str, str] = HERE) -> Terminal:
    return Terminal.open(home, MACHINE_SECRET, client=hub, now_ms=local, read_hardware=lambda _: found)


@contextmanager
def start(hub: StandInHub, home: Path, local: Time, found: Mapping[str, str] = HERE) -> Iterator[Terminal]:
    terminal = started(hub, home, local, found)
    try:
        yield terminal
    finally:
        terminal.close()


@pytest.fixture
def ready(hub: StandInHub, home: Path, local: Time, terminal: Terminal) -> Path:
    """A home with two places in stock, closed, whose hardware is ``HERE``."""
    give(hub, terminal, 1)
    give(hub, terminal, 2, "slot-2")
    with terminal._database.write() as connection:
        meta.write(connection, meta.HARDWARE, None)
    terminal.close()
    with start(hub, home, local) as opened:
        book(opened, opened.store.hold("slot-1", "a"))
    return home


def image_of(home: Path, folder: Path) -> Path:
    """A copy of the database alone."""
    shutil.copy(home / "replica.db", folder / "image.db")
    return folder / "image.db"


def put_back(image: Path, home: Path) -> None:
    for name in ("replica.db-wal", "replica.db-shm"):
        (home / name).unlink(missing_ok=True)
    shutil.copy(image, home / "replica.db")


def test_an_ordinary_restart_is_no_sign_of_anything(ready: Path, hub: StandInHub, local: Time) -> None:
    for _ in range(3):
        with start(hub, ready, local) as terminal:
            status = terminal.status()
            assert (status.restored, status.restored_message, status.redraws) == (False, None, 0)
            assert terminal.store.guaranteed_slots() == {"slot-2"}
            terminal.store.write("registration", None, a_registration())  # type: ignore[arg-type]


def test_an_old_image_of_the_database_takes_requests_only_until_a_round_has_settled_it(
    ready: Path, hub: StandInHub, local: Time, tmp_path: Path
) -> None:
    image = image_of(ready, tmp_path)
    with start(hub, ready, local) as terminal:
        before = terminal.status().incarnation
        book(terminal, terminal.store.hold("slot-2", "b"), "b")
    put_back(image, ready)
    with start(hub, ready, local) as terminal:
        status = terminal.status()
        assert (status.restored, status.redraws) == (True, 1)
        assert "sauvegarde du disque" in (status.restored_message or "")
        assert status.incarnation != before
        assert terminal.store.guaranteed_slots() == frozenset()
        held = terminal.store.hold("slot-2", "c")
        assert booking(terminal, book(terminal, held, "c")).state == "requested"
        assert not terminal.take("slot-2", "d").guaranteed, "nor is anything asked for on line"
        hub.offline = True
        terminal.rounds.run()
        assert terminal.status().restored, "a round without the hub settles nothing"
    with start(hub, ready, local) as terminal:
        assert (terminal.status().restored, terminal.status().redraws) == (True, 1), "once, not at every start"
        hub.offline = False
        assert terminal.rounds.run().ok
        assert not terminal.status().restored
        assert terminal.take("slot-2", "e").guaranteed


def test_a_copy_in_another_machine_is_seen_and_the_machine_it_stays_in_is_its_own(
    ready: Path, hub: StandInHub, local: Time
) -> None:
    other = {"machine": "m-1", "disk": "d-2"}
    with start(hub, ready, local, other) as terminal:
        assert "l’ordinateur ou le disque n’est plus le même" in (terminal.status().restored_message or "")
        assert terminal.store.guaranteed_slots() == frozenset()
        assert terminal.rounds.run().ok
        assert not terminal.status().restored
    with start(hub, ready, local, other) as terminal:
        assert (terminal.status().restored, terminal.status().redraws) == (False, 1)


@pytest.mark.parametrize("found", [{}, {"machine": "m-1"}, {**HERE, "board": "b-1"}])
def test_a_serial_number_that_cannot_be_read_says_nothing(
    ready: Path, hub: StandInHub, local: Time, found: dict[str, str]
) -> None:
    for reading in (found, HERE):
        with start(hub, ready, local, reading) as terminal:
            assert not terminal.status().restored
    with start(hub, ready, local, {**HERE, "board": "b-2"}) as terminal:
        assert terminal.status().restored is ("board" in found), "what was read once counts from then on"


@pytest.mark.parametrize("spoil", [lambda path: path.unlink(), lambda path: path.write_bytes(b""),
                                   lambda path: path.write_bytes(b"9" * 20 + b"0" * 64),
                                   lambda path: os.truncate(path, 30)])  # fmt: skip
def test_a_witness_that_is_missing_torn_or_forged_is_no_alarm(
    ready: Path, hub: StandInHub, local: Time, spoil: Callable[[Path], object]
) -> None:
    spoil(ready / "witness")
    with start(hub, ready, local) as terminal:
        assert not terminal.status().restored
        terminal.store.write("registration", None, a_registration())  # type: ignore[arg-type]
        assert terminal._witness.read() > 0


class Killed(BaseException):
    """The process ends here."""


def test_a_kill_between_any_two_writes_is_no_sign_of_an_old_image(ready: Path, hub: StandInHub, local: Time) -> None:
    for _ in range(3):
        with start(hub, ready, local) as terminal:
            terminal.store.write("registration", None, a_registration())  # type: ignore[arg-type]
            terminal.store.writer._witnessed = _kill  # on the disk in the database, not yet in the witness
            with pytest.raises(Killed):
                terminal.store.write("registration", None, a_registration())  # type: ignore[arg-type]
        with start(hub, ready, local) as terminal:
            assert not terminal.status().restored


def _kill(life: int) -> None:
    raise Killed


def test_two_programs_of_one_home_raise_no_alarm(ready: Path, hub: StandInHub, local: Time) -> None:
    with start(hub, ready, local) as one, start(hub, ready, local) as other:
        for _ in range(3):
            for terminal in (one, other):
                terminal.store.write("registration", None, a_registration())  # type: ignore[arg-type]
        with start(hub, ready, local) as third:
            assert not third.status().restored


def test_no_reference_is_given_twice_across_an_old_image(
    ready: Path, hub: StandInHub, local: Time, tmp_path: Path
) -> None:
    image = image_of(ready, tmp_path)
    with start(hub, ready, local) as terminal:
        given = {terminal.store.next_reference().index for _ in range(5)}
        terminal.store.write("registration", None, a_registration())  # type: ignore[arg-type]
    put_back(image, ready)
    with start(hub, ready, local) as terminal:
        assert terminal.store.next_reference().index not in given


def test_the_real_hub_settles_an_old_image(tmp_path: Path) -> None:
    real = RealHub(tmp_path / "hub")
    try:
        real.write("slot", "slot-1", dict(SLOT))
        terminal = a_terminal(real, tmp_path / "a")
        assert terminal.rounds.run().ok
        terminal.close()
        image = image_of(tmp_path / "a", tmp_path)
        terminal = Terminal.open(tmp_path / "a", MACHINE_SECRET, client=real, now_ms=real.now)
        lost = terminal.store.write("registration", None, a_registration()).id  # type: ignore[arg-type]
        assert terminal.rounds.run().ok
        terminal.close()
        put_back(image, tmp_path / "a")
        terminal = Terminal.open(tmp_path / "a", MACHINE_SECRET, client=real, now_ms=real.now)
        kept = terminal.store.write("registration", None, a_registration()).id  # type: ignore[arg-type]
        assert terminal.status().restored
        for _ in range(2):
            real.now.ms += 1000
            assert terminal.rounds.run().ok
        status = terminal.status()
        assert (status.restored, status.redraws, status.waiting, status.digest_mismatches) == (False, 1, 0, 0)
        assert {record_id for record_id, _ in terminal.store.list("registration")} == {lost, kept}
        terminal.close()
    finally:
        real.database.close()


def test_a_whole_home_that_was_put_back_and_outgrew_the_hub_is_still_seen_and_loses_nothing(tmp_path: Path) -> None:
    real = RealHub(tmp_path / "hub")
    home, aside = tmp_path / "a", tmp_path / "aside"
    try:
        terminal = a_terminal(real, home)
        assert terminal.rounds.run().ok
        terminal.close()
        shutil.copytree(home, aside)
        terminal = Terminal.open(home, MACHINE_SECRET, client=real, now_ms=real.now)
        written = {terminal.store.write("registration", None, a_registration()).id for _ in range(3)}  # type: ignore[arg-type]
        assert terminal.rounds.run().ok
        terminal.close()
        shutil.rmtree(home)
        aside.rename(home)
        real.now.ms += 1000
        terminal = Terminal.open(home, MACHINE_SECRET, client=real, now_ms=real.now)
        assert not terminal.status().restored, "nothing here tells"
        with terminal._database.write() as connection:  # a bad line: many requests were never answered
            meta.bump(connection, meta.COUNTER, 100)
        written |= {terminal.store.write("registration", None, a_registration()).id for _ in range(5)}  # type: ignore[arg-type]
        for _ in range(3):
            real.now.ms += 1000
            assert terminal.rounds.run().ok
        status = terminal.status()
        assert (status.redraws, status.waiting, status.parked, status.digest_mismatches) == (1, 0, 0, 0)
        assert {record_id for record_id, _ in terminal.store.list("registration")} == written
        terminal.close()
    finally:
        real.database.close()


# The witness and the prints by themselves -------------------------------------------------------


def test_the_witness_never_goes_back_and_is_nobody_elses(tmp_path: Path) -> None:
    witness = Witness(tmp_path / "witness", b"k" * 32)
    assert witness.read() == 0
    for life in (1, 3, 2):
        witness.see(life)
    witness.keep()
    assert witness.read() == 3
    assert Witness(tmp_path / "witness", b"x" * 32).read() == 0
    assert (tmp_path / "witness").stat().st_mode & 0o077 == 0


def test_a_witness_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    witness = Witness(tmp_path / "missing" / "witness", b"k" * 32)
    witness.see(1)
    witness.keep()
    (tmp_path / "missing").mkdir()
    witness.see(1)
    assert witness.read() == 1, "it is tried again"


def test_the_serial_numbers_are_those_of_the_disk_that_holds_the_home(tmp_path: Path) -> None:
    home, root = tmp_path / "home", tmp_path / "root"
    device = home.parent.stat().st_dev
    home.mkdir()
    disk = root / "sys/devices/pci0/vda"
    mapped = root / "sys/devices/virtual/dm-0"
    for folder in (disk / "vda1", mapped / "slaves", root / "sys/dev/block", root / "etc", root / "run/udev/data"):
        folder.mkdir(parents=True)
    (root / "etc/machine-id").write_text("m-1\n")
    (disk / "dev").write_text("254:0\n")
    (disk / "serial").write_text("d-1\n")
    (disk / "vda1/partition").write_text("1\n")
    (disk / "vda1/dev").write_text("254:1\n")
    (root / "run/udev/data/b254:0").write_text("E:ID_MODEL=x\nE:ID_SERIAL=u-1\n")
    (root / "sys/dev/block/254:1").symlink_to(disk / "vda1")
    (mapped / "slaves/vda1").symlink_to(disk / "vda1")
    (root / f"sys/dev/block/{os.major(device)}:{os.minor(device)}").symlink_to(mapped)
    assert hardware.read_hardware(home, root) == {"machine": "m-1", "disk": "d-1", "disk_udev": "u-1"}
    assert hardware.read_hardware(tmp_path / "nowhere", tmp_path / "empty") == {}


def test_a_print_tells_nothing_of_the_number_and_is_of_one_terminal() -> None:
    one, other = hardware.prints(HERE, b"k" * 32), hardware.prints(HERE, b"x" * 32)
    assert not set(one.values()) & {*HERE.values(), *other.values()}
    assert not hardware.differs(one, dict(one))
    assert hardware.differs(one, hardware.prints({"disk": "d-2"}, b"k" * 32))


def test_a_question_of_the_hub_is_never_signed_with_a_number_used_before(
    ready: Path, hub: StandInHub, local: Time, tmp_path: Path
) -> None:
    image = image_of(ready, tmp_path)
    with start(hub, ready, local) as terminal:
        terminal.store.write("registration", None, a_registration())  # type: ignore[arg-type]
        for _ in range(5):
            assert terminal.rounds.run().ok
    put_back(image, ready)
    refused: list[int] = []
    real_send = hub.send

    def send(request: HubRequest) -> HubResponse:
        response = real_send(request)
        refused.extend([response.status] if response.status != 200 else [])
        return response

    hub.send = send  # type: ignore[method-assign]
    with start(hub, ready, local) as terminal:
        assert terminal.rounds.run().ok
    assert refused == []
