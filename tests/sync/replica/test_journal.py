"""A terminal's own journal: both values, who, when and which rule; what was destroyed or given up; nothing personal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from sync.merge import Policy
from sync.replica import parked, retention
from sync.replica.apply import FORGOTTEN
from sync.replica.command_journal import ENDS, RULES, journal
from tests.sync.replica.stand_in import MACHINE_SECRET, a_booking
from tests.sync.replica.test_the_real_hub import SLOT, RealHub, a_terminal


@pytest.fixture
def real(tmp_path: Path) -> RealHub:
    return RealHub(tmp_path / "hub")


def said(home: Path, *words: str) -> str:
    secret = home.parent / "machine.secret"
    secret.write_bytes(MACHINE_SECRET)
    environment = {"POINT_CONTACT_MACHINE_SECRET_FILE": str(secret)}
    result = CliRunner().invoke(journal, ["--home", str(home), *words], env=environment, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output.replace("\u00a0", " ")


def test_a_value_that_does_not_stand_is_shown_with_the_other_who_when_and_which_rule(
    real: RealHub, tmp_path: Path
) -> None:
    real.write("slot", "slot-1", dict(SLOT))
    first, second = a_terminal(real, tmp_path / "a"), a_terminal(real, tmp_path / "b")
    try:
        made = first.store.write("booking", None, a_booking())
        assert said(tmp_path / "a").startswith("Rien à signaler")
        for opened in (first, second):
            assert opened.rounds.run().ok
        first.store.write("booking", made.id, {"language": "en"})
        real.now.ms += 1000
        second.store.write("booking", made.id, {"language": "ar"})
        for opened in (first, second, first):
            real.now.ms += 1000
            assert opened.rounds.run().ok
    finally:
        first.close()
        second.close()
    line = said(tmp_path / "a")
    assert f"booking {made.id}  language : « en » non retenu, « ar » de la borne n° 2 (règle : la plus récente)" in line
    [lost] = json.loads(said(tmp_path / "a", "--json"))["lost"]
    assert (lost["lost"], lost["kept"], lost["kept_by"], lost["rule"]) == ("en", "ar", 2, "latest")
    assert json.loads(said(tmp_path / "b", "--json"))["lost"] == []
    with real.database.read() as connection:
        rules = connection.exec_driver_sql("SELECT rule FROM hub_conflict").scalars().all()
    assert rules == ["latest"], "both journals name one rule"


def test_every_rule_and_every_end_has_words() -> None:
    assert set(RULES) == {*(policy.value for policy in Policy), FORGOTTEN}
    ends = {retention.UNSENT_KEPT, retention.UNSENT_DESTROYED, retention.PAST_DESTROYED, parked.PARKED_DROPPED}
    assert set(ENDS) == ends
