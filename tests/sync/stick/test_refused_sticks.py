"""Sticks that are refused at either end with a sentence, and everything is kept."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from sync import stick_file
from sync.errors import InvalidInput, Refused, StorageError
from sync.hub import accounts, fleet, quarantine, stick, vault
from sync.replica import outbox
from sync.replica.terminal import Terminal
from sync.seal import read_public_key
from sync.wire import from_text
from tests.sync.replica.test_the_real_hub import RealHub
from tests.sync.stick.journeys import World

DAY_MS = 86_400_000
TYPED = "N’Diaye-Élodie"


def test_a_disk_that_was_put_back_takes_no_answer_of_the_one_before(world: World, terminal: Terminal) -> None:
    world.books(terminal)
    place, image = world.stick(), world.folder / "image"
    terminal.close()
    shutil.copytree(world.folder / "terminal", image)
    terminal = world.open("terminal")
    terminal.sticks.export(place)
    world.at_the_hub(place)
    terminal.close()
    shutil.rmtree(world.folder / "terminal")
    shutil.copytree(image, world.folder / "terminal")
    terminal = world.open("terminal")
    refused = terminal.sticks.take_in(place)
    assert (refused.code, refused.waiting) == ("stick", 1)
    assert "plus trace" in refused.message
    terminal.sticks.export(place)
    assert world.one_at_the_hub(place).outcome == stick.OLD
    told = terminal.sticks.take_in(place)
    assert (told.ok, told.code) == (False, "replayed")
    assert terminal.status().redraws == 1
    terminal.sticks.export(place)
    assert world.one_at_the_hub(place).outcome == stick.TAKEN
    with terminal._database.write() as connection:
        outbox.redraw(connection, world.real.now(), os.urandom)
    refused = terminal.sticks.take_in(place)
    assert refused.code == "stick"
    assert "incarnation" in refused.message
    assert world.there_and_back(terminal).ok
    assert world.bookings_at_the_hub() == 1, "sent four times, made once"


def test_what_is_not_for_this_terminal_or_was_altered_is_refused_and_all_is_kept(
    world: World, terminal: Terminal
) -> None:
    other = world.terminal("other")
    place = world.stick()
    world.books(terminal)
    out = terminal.sticks.export(place).file
    other.sticks.export(place)
    assert [one.outcome for one in world.at_the_hub(place)] == [stick.TAKEN, stick.TAKEN]
    mine, theirs = (place / stick_file.name_of(no, stick_file.BACK) for no in (1, 2))

    def refusal(path: Path) -> str:
        report = terminal.sticks.take_in(path)
        assert not report.ok
        assert report.waiting == 1
        return report.message

    assert "une autre borne" in refusal(theirs)
    assert "vers le hub" in refusal(out)
    raw = mine.read_bytes()
    for damaged in (
        raw[:-1],
        raw[: len(raw) // 2],
        raw[:30],
        raw[:-9] + b"\0" + raw[-8:],
        raw[:40] + b"x" + raw[41:],
        b"",
    ):
        mine.write_bytes(damaged)
        assert "rien n’en a été pris" in refusal(mine)
    mine.write_bytes(b"A photograph of a cat, which is on this stick as well.")
    assert "Point Contact" in refusal(mine)
    assert "hub exchange" in refusal(world.stick("empty"))
    assert "ne se lit pas" in refusal(place / "absent.pcs")
    mine.write_bytes(raw)
    assert terminal.sticks.take_in(place).ok, "its own, among the files of others"
    assert other.sticks.take_in(place).ok


def test_another_hub_and_one_that_gets_half_a_file_take_nothing(
    world: World, terminal: Terminal, tmp_path: Path
) -> None:
    place = world.stick()
    out = terminal.sticks.export(place).file
    (tmp_path / "2").mkdir()
    other_hub = World(RealHub(tmp_path / "hub-2"), tmp_path / "2")
    try:
        outcome = other_hub.one_at_the_hub(place)
        assert (outcome.outcome, outcome.code, outcome.answer) == (stick.UNREADABLE, "wrong_hub", None)
        for nothing in (world.stick("empty"), tmp_path / "nowhere"):
            with pytest.raises(InvalidInput):
                other_hub.at_the_hub(nothing)
    finally:
        other_hub.close()
    whole = out.read_bytes()
    out.write_bytes(whole[:-100])
    outcome = world.one_at_the_hub(place)
    assert (outcome.outcome, outcome.code, outcome.answer) == (stick.UNREADABLE, "malformed", None)
    out.write_bytes(whole)
    with world.real.database.write() as connection:
        accounts.add_account(connection, world.real.now(), "lectrice", ["instruction"], "agent")
    for who in ("lectrice", "personne"):
        with pytest.raises(Refused):
            stick.exchange(world.real.exchange, place, who)
    assert world.one_at_the_hub(place).outcome == stick.TAKEN


def test_nobody_but_the_terminal_can_have_written_a_letter_and_its_frames(world: World, terminal: Terminal) -> None:
    """Anybody may seal something for a hub: what is inside must be signed, and all of it."""
    world.books(terminal)
    place = world.stick()
    out = terminal.sticks.export(place).file
    keys = world.real.keys
    plain = vault.open_stick(keys.home, stick_file.read(out.read_bytes()))
    letter, frames = stick_file.read_letter(plain, stick_file.Outgoing)
    public = read_public_key(keys.sealing)
    forged = [
        (letter.changed(reply_key=letter.certificate.terminal_key), frames, "malformed"),
        (letter.changed(counter=letter.counter + 1), frames, "bad_signature"),
        (letter.changed(content=stick_file.hash_of(frames[:-1])), frames[:-1], "bad_signature"),
        (letter.changed(certificate=letter.certificate.changed(terminal_no=9)), frames, "bad_signature"),
    ]
    for said, content, code in forged:
        out.write_bytes(
            stick_file.write(stick_file.OUT, keys.sealing.key_id, keys.sealing.suite, public, said, content)
        )
        outcome = world.one_at_the_hub(place)
        assert (outcome.outcome, outcome.code, outcome.answer) == (stick.REFUSED, code, None)
    assert world.bookings_at_the_hub() == 0


def test_a_stick_opens_no_sealed_text_of_a_visitor(world: World, terminal: Terminal) -> None:
    sealed = terminal.store.seal("registration", terminal.store.new_id(), {"nom": TYPED})
    header = sealed.header
    head = stick_file.Head(way=stick_file.OUT, suite=header.suite, key_id=header.key_id).to_json()
    length = len(head).to_bytes(4, "big")
    disguised = stick_file.MAGIC + length + head + from_text(sealed.ciphertext)
    with pytest.raises(Refused, match="abîmé"):
        vault.open_stick(world.real.keys.home, stick_file.read(disguised))


def test_a_revoked_terminal_is_told_so_and_what_it_sends_is_kept_apart(world: World, terminal: Terminal) -> None:
    world.books(terminal)
    place = world.stick()
    terminal.sticks.export(place)
    with world.real.database.write() as connection:
        fleet.revoke(connection, world.real.keys, world.real.now(), terminal.identity.terminal_id, "agent")
    outcome = world.one_at_the_hub(place)
    assert (outcome.outcome, outcome.code) == (stick.REFUSED, "revoked")
    with world.real.database.read() as connection:
        assert len(quarantine.list_held(connection)) == 1
    told = terminal.sticks.take_in(place)
    assert (told.ok, told.code, told.waiting) == (False, "revoked", 1)
    assert terminal.status().last_refusal_code == "revoked"


def test_a_clock_that_is_years_ahead_is_told_by_the_answer_and_mended(world: World) -> None:
    world.real.now.ms += 700 * DAY_MS
    terminal = world.open("terminal")
    world.books(terminal)
    place = world.stick()
    terminal.sticks.export(place)
    world.real.now.ms -= 699 * DAY_MS
    outcome = world.one_at_the_hub(place)
    assert (outcome.outcome, outcome.code) == (stick.REFUSED, "clock_ahead")
    world.real.now.ms += 700 * DAY_MS
    told = terminal.sticks.take_in(place)
    assert (told.code, told.waiting) == ("clock_ahead", 1)
    assert "datés de nouveau" in told.message
    terminal.sticks.export(place)
    world.real.now.ms -= 698 * DAY_MS
    assert world.one_at_the_hub(place).outcome == stick.TAKEN
    assert world.bookings_at_the_hub() == 1


def test_a_stick_that_cannot_be_written_changes_nothing(world: World, terminal: Terminal) -> None:
    world.books(terminal)
    place = world.stick()
    (place / "point-contact-borne-1-vers-le-hub.pcs").mkdir()
    with pytest.raises(StorageError):
        terminal.sticks.export(place)
    with pytest.raises(InvalidInput):
        terminal.sticks.export(place / "nowhere")
    assert [path.name for path in place.iterdir()] == ["point-contact-borne-1-vers-le-hub.pcs"]
    assert terminal.status().waiting == 1
