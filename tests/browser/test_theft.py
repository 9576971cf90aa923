"""The machine is stolen, the thief has the data key: nothing that was typed is anywhere on it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Playwright

from sync.replica.envelope import Envelope
from tests.browser.chromium import COARSE, arguments, executable, screen
from tests.browser.conftest import PATIENT
from tests.browser.journeys import ELOISE, MENU_TITLE, ask_for_hour, register
from tests.browser.person import Person
from tests.stage import Stage
from tests.sync.replica.theft import find_traces

ROOT = Path(__file__).resolve().parents[2]
CONTACT = {"telephone": "0612348765", "prenom": "Zéphirine"}
LEFT = ("situation", "fin_dernier_contrat", "niveau", "metier_vise", "disponibilite", "mobilite_km", "mobilite_moyen")
TYPED = {**ELOISE, **dict.fromkeys(LEFT)}
WORDS = [
    "Éloïse",
    "N’Diaye-Lefèvre",
    "0699887766",
    "06 99 88 77 66",
    "eloise.ndiaye@exemple.fr",
    "3 bis, rue de l’Église",
    *CONTACT.values(),
    "06 12 34 87 65",
]


@contextmanager
def person_at(tools: Playwright, stage: Stage) -> Iterator[Person]:
    """A person in front of a Chromium whose profile lies under the terminal's home, where a thief would find it."""
    context = tools.chromium.launch_persistent_context(
        stage.terminal_home / "profile", executable_path=executable(), args=arguments(), **screen("portrait", COARSE)
    )
    try:
        yield Person(context.pages[0])
    finally:
        context.close()


def data_key(stage: Stage) -> bytes:
    """What the machine itself has."""
    return Envelope.load(stage.terminal_home / "keys.json").open_with_machine(stage.secret_file.read_bytes())


def visits(person: Person, stage: Stage, *, on_screen: bool) -> None:
    """A registration and a booking, through the screens; names typed on the drawn keyboard or on a real one."""
    person.opens(stage.kiosk_url)
    person.begins()
    register(person, TYPED, on_screen=on_screen)
    person.touch("Revenir au menu")
    person.is_at(MENU_TITLE)
    ask_for_hour(person, contact=CONTACT)


def test_a_thief_with_the_data_key_finds_nothing_typed(still: Stage, tools: Playwright) -> None:
    """The hub is away: everything is still waiting on the terminal, the worst moment to be stolen."""
    terminal = still.terminal_up(*PATIENT)
    with person_at(tools, still) as person:
        visits(person, still, on_screen=True)
        profile = still.terminal_home / "profile"
        assert sum(path.is_file() for path in profile.rglob("*")) > 10, "there is a profile to search"
        assert find_traces(still.terminal_home, data_key(still), WORDS) == [], "during the visit"
        person.ends()
    terminal.kill()
    assert list(still.terminal_home.glob("replica.db-wal")), "killed: its log is still there to be searched"
    assert find_traces(still.terminal_home, data_key(still), WORDS) == [], "after the visit"
    assert find_traces(still.folder, None, WORDS) == [], "logs of the program included"


def test_the_search_finds_every_word_where_nothing_is_sealed(still: Stage, tools: Playwright) -> None:
    """The fault is planted from here (tests.browser.planted_terminal): the same visit, the same search, and it sees."""
    planted = (sys.executable, "-m", "tests.browser.planted_terminal", "bare", "serve")
    words = ("--home", str(still.terminal_home), "--port", str(still.kiosk_port), *PATIENT)
    terminal = still.launch("planted", *planted, *words, environment={"PYTHONPATH": str(ROOT)})
    terminal.wait_for(f"{still.kiosk_url}/healthz")
    with person_at(tools, still) as person:
        visits(person, still, on_screen=False)
    traces = find_traces(still.terminal_home, data_key(still), WORDS)
    found = {int(trace.rpartition(" ")[2]) for trace in traces if trace.startswith("table ")}
    # The numbers are kept as they are read aloud: with spaces.
    assert found == {number for number, word in enumerate(WORDS) if not word.isdigit()}
