"""Real processes on loopback and one Chromium while it lives; a prepared stage is copied, one copy a module."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Playwright, sync_playwright

from sync.demo.starter import REUNION
from tests.browser.chromium import COARSE, arguments, executable, screen, watched
from tests.browser.person import PLAIN, Person
from tests.browser.wording import FRENCH
from tests.stage import Stage

ROUND = ("--round-interval-s", "5")
PATIENT = ("--quiet-s", "900")
STOCK = ("--grants-per-terminal", "12")
"""So that an hour of each reason is held for every person of a module, at whatever time of day it runs: what begins
within 24 hours is not given."""
SCREENS_OF_FAILURES = Path(__file__).parents[2] / "build" / "browser"
PEOPLE = pytest.StashKey[list[Person]]()
TEST_LIMIT_S = 400


class ReunionStage(Stage):
    """The same, with a terminal on the island."""

    def invite(self) -> str:
        """A one-time enrolment code of the site in La Réunion."""
        return str(self.do_hub("terminal", "invite", "--site", REUNION.site_id, "--json").json["code"])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """No test waits for a page without end."""
    with watched(TEST_LIMIT_S):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that fails tells what its people had in front of them; the pictures are kept in ``build/browser``."""
    report = yield
    if call.when == "call" and report.failed:
        name = re.sub(r"\W+", "-", item.name).strip("-")
        for number, person in enumerate(item.stash.get(PEOPLE, []), 1):
            try:
                told = person.testifies(SCREENS_OF_FAILURES / f"{name}-{number}")
            except Error as error:  # a page that was closed, or does not answer: the test's own failure stays told
                told = f"nothing to be seen: {error.message}"
            report.sections.append((f"On the screen of person {number}", told))
    return report


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A hub and an enrolled terminal; never run themselves, only copied."""
    return Stage.prepare(tmp_path_factory.mktemp("prepared"))


@pytest.fixture(scope="session")
def prepared_reunion(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """The same in La Réunion."""
    return ReunionStage.prepare(tmp_path_factory.mktemp("reunion"))


@pytest.fixture(scope="module")
def stage(prepared: Stage, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A stage of the module's own, hub and terminal running."""
    name = re.sub(r"\W", "-", request.module.__name__.rpartition(".")[2])
    own = prepared.copy(tmp_path_factory.mktemp(name) / "stage")
    own.hub_up(*STOCK)
    own.terminal_up(*ROUND, *PATIENT)
    yield own
    own.close()


@pytest.fixture
def still(prepared: Stage, tmp_path: Path) -> Iterator[Stage]:
    """A stage of the test's own where nothing runs yet."""
    own = prepared.copy(tmp_path / "stage")
    yield own
    own.close()


@pytest.fixture(scope="session")
def tools() -> Iterator[Playwright]:
    """Playwright itself."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browsers(tools: Playwright) -> Iterator[list[Browser]]:
    """Every Chromium that was started, the newest last."""
    started: list[Browser] = []
    yield started
    for browser in started:
        browser.close()


@pytest.fixture
def chromium(tools: Playwright, browsers: list[Browser]) -> Browser:
    """Debian's Chromium, another one after its end; each visitor gets a context of their own."""
    if not browsers or not browsers[-1].is_connected():
        browsers.append(tools.chromium.launch(executable_path=executable(), args=arguments()))
    return browsers[-1]


@pytest.fixture
def visitor(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Person]]:
    """Makes a person in front of a screen: ``visitor("portrait")``; ``visitor(context=…)`` is a second tab."""
    contexts: list[BrowserContext] = []
    people = request.node.stash.setdefault(PEOPLE, [])

    def come(
        shape: str = "portrait", *, language: str = FRENCH, look: str = PLAIN, context: BrowserContext | None = None,
        kind: type[Person] = Person,
    ) -> Person:  # fmt: skip
        if context is None:
            context = chromium.new_context(**screen(shape, COARSE))
            contexts.append(context)
        people.append(kind(context.new_page(), language, look))
        return people[-1]

    yield come
    for context in contexts:
        context.close()
