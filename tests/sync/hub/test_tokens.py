"""Tokens of named persons: shown once, kept as a hash, worth what their account is worth."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.errors import InvalidInput, Refused
from sync.hub import accounts, tokens
from tests.sync.hub.stand import ADMIN, Stand, hub_in

READER = "Zoé"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        with stand.database.write() as connection:
            accounts.add_account(connection, stand.clock(), READER, ["lecture"], ADMIN)
        yield stand


def issue(hub: Stand, name: str, who: str = ADMIN) -> str:
    with hub.database.write() as connection:
        return tokens.issue(connection, hub.clock(), name, who)


def bearer(hub: Stand, token: str) -> str | None:
    with hub.database.read() as connection:
        person = tokens.bearer(connection, token)
    return None if person is None else person.name


def test_a_token_names_its_person_and_only_its_hash_is_kept(hub: Stand) -> None:
    token, other = issue(hub, READER), issue(hub, ADMIN)
    assert (bearer(hub, token), bearer(hub, other)) == (READER, ADMIN)
    assert token.startswith(tokens.PREFIX)
    hub.close()
    kept = b"".join(path.read_bytes() for path in hub.home.glob("hub.db*"))
    assert token.encode() not in kept
    assert hashlib.sha256(token.encode()).hexdigest().encode() in kept


@pytest.mark.parametrize("wrong", ["", "pch_", "x" * 100_000, "é", "pch_\x00"])
def test_a_wrong_token_names_nobody(hub: Stand, wrong: str) -> None:
    token = issue(hub, READER)
    assert bearer(hub, wrong) is None
    assert bearer(hub, token[:-1]) is None
    assert bearer(hub, token + "A") is None


def test_a_new_token_replaces_the_former_one_and_may_be_taken_back(hub: Stand) -> None:
    former, token = issue(hub, READER), issue(hub, READER, READER)
    assert (bearer(hub, former), bearer(hub, token)) == (None, READER)
    with hub.database.write() as connection:
        tokens.withdraw(connection, hub.clock(), READER, ADMIN)
    assert bearer(hub, token) is None
    with pytest.raises(InvalidInput, match="pas de jeton"), hub.database.write() as connection:
        tokens.withdraw(connection, hub.clock(), READER, ADMIN)


def test_the_token_of_a_closed_account_is_worth_nothing(hub: Stand) -> None:
    token = issue(hub, READER)
    with hub.database.write() as connection:
        accounts.disable_account(connection, hub.clock(), READER, ADMIN)
    assert bearer(hub, token) is None
    with pytest.raises(InvalidInput):
        issue(hub, READER)
    with pytest.raises(Refused):
        issue(hub, READER, READER)


def test_only_oneself_or_the_administration_gives_a_token_and_the_journal_keeps_it(hub: Stand) -> None:
    with pytest.raises(Refused) as refused:
        issue(hub, ADMIN, READER)
    assert refused.value.code == "role"
    issue(hub, READER, READER)
    with hub.database.read() as connection:
        assert [(line["who"], line["subject"]) for line in accounts.find_audit(connection, "account.token")] == [
            (READER, READER)
        ]
