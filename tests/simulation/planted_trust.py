"""Faults of trust: disks put back, revocations, tombstones, envelopes, each planted from here in the shipped code."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from sync.hub import accounts, doubled, fleet, redrawn, revocations, sealed_texts, vault
from sync.hub.exchange import Exchange
from sync.replica import apply, hardware
from sync.replica import round as round_
from sync.replica.store import Store
from sync.replica.witness import Witness
from sync.wire import FeedEntry


def a_revocation_is_forgotten_after_a_restore(patch: pytest.MonkeyPatch) -> None:
    """An old backup brings a revoked terminal back."""
    patch.setattr(revocations, "apply", lambda connection, keys: True)
    patch.setattr(revocations, "find", lambda keys, terminal_id, terminal_key: None)


def a_revoked_terminal_is_heard(patch: pytest.MonkeyPatch) -> None:
    """The revocation is journaled, and nothing else."""

    def revoke(connection: Any, keys: Any, now_ms: int, terminal_id: str, who: str) -> None:
        accounts.audit(connection, now_ms, who, "terminal.revoke", terminal_id, "")

    patch.setattr(fleet, "revoke", revoke)


def a_tombstone_is_ignored(patch: pytest.MonkeyPatch) -> None:
    """The terminal keeps what was destroyed at the end of its time."""
    true = apply.apply

    def skip(connection: Any, entries: Iterable[FeedEntry], *what: Any, **of: Any) -> apply.Applied:
        entries = list(entries)
        applied = true(connection, [entry for entry in entries if entry.fields], *what, **of)
        return apply.Applied(len(entries), applied.newest)

    patch.setattr(apply, "apply", skip)


def nobody_sees_whom_another_disk_promised(patch: pytest.MonkeyPatch) -> None:
    """A disk put back is not asked whose places it gave."""
    patch.setattr(redrawn, "is_told_late", lambda push, held, operation: False)


def an_old_disk_goes_unseen(patch: pytest.MonkeyPatch) -> None:
    """What stands beside the database is not read, nor whose disk it is."""
    patch.setattr(Witness, "read", lambda self: 0)
    patch.setattr(hardware, "differs", lambda held, now: False)


def two_machines_go_unseen(patch: pytest.MonkeyPatch) -> None:
    """Nobody counts how often a terminal begins anew."""
    patch.setattr(doubled, "note_turn", lambda connection, terminal_id, now_ms: None)


def one_of_two_machines_is_given_places(patch: pytest.MonkeyPatch) -> None:
    """The list says that two live, and each is given places as before."""
    true = Exchange._give

    def give(self: Exchange, connection: Any, caller: Any, message: Any, now_ms: int) -> None:
        true(self, connection, replace(caller, doubled=False), message, now_ms)

    patch.setattr(Exchange, "_give", give)


def a_number_used_twice_is_parked(patch: pytest.MonkeyPatch) -> None:
    """A disk put back takes the refusal of its numbers for an answer."""
    patch.setattr(round_, "OTHER_OPERATION", "no such code")


def what_was_taken_back_is_kept(patch: pytest.MonkeyPatch) -> None:
    """The hub says that it is destroyed, and keeps it."""
    patch.setattr(sealed_texts, "destroy", lambda connection, site_id, keys: 0)


def what_was_opened_is_journaled(patch: pytest.MonkeyPatch) -> None:
    """The vault notes what it read."""
    true = vault.open_sealed

    def open_sealed(database: Any, home: Any, now_ms: int, *what: Any, **who: Any) -> Any:
        opened = true(database, home, now_ms, *what, **who)
        with database.write() as connection:
            accounts.audit(connection, now_ms, who["who"], "vault.open", "read", str(opened.answers))
        return opened

    patch.setattr(vault, "open_sealed", open_sealed)


def what_is_typed_stays_beside_its_envelope(patch: pytest.MonkeyPatch) -> None:
    """The terminal keeps a draft of what it has sealed."""
    true = Store.seal

    def seal(self: Store, kind: str, record_id: str, answers: dict[str, object]) -> Any:
        with contextlib.suppress(OSError):
            (self._database.path.parent / "draft").write_text(str(answers))
        return true(self, kind, record_id, answers)

    patch.setattr(Store, "seal", seal)
