"""In a real Chromium: after the end of a visit, by choice or by silence, nothing of it can be seen again."""

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from kiosk.visit import MENU, Visit
from tests.kiosk.sample_screens import TYPED, question
from tests.kiosk.shots import CHROMIUM, ready, served
from tests.kiosk.stand_in import StandInActions

pytestmark = pytest.mark.browser
TIMEOUT_MS = 30_000


def _attract(page: Page) -> None:
    expect(page.get_by_role("button", name="Touchez l’écran pour commencer")).to_be_attached(timeout=TIMEOUT_MS)


def _session(page: Page) -> str:
    return str(page.evaluate("sessionStorage.getItem('_flet_session_id')"))


def test_after_the_end_by_choice_going_back_and_reloading_show_nothing() -> None:
    with served(StandInActions()) as url, sync_playwright() as tools:
        page = tools.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]).new_page()
        ready(page, url)
        first = _session(page)
        page.get_by_role("button", name="Touchez l’écran pour commencer").click()
        page.get_by_role("button", name="Terminer").click()
        page.get_by_role("button", name="Oui, terminer et effacer").click()
        page.wait_for_url(url + "/", timeout=TIMEOUT_MS)
        _attract(page)
        assert _session(page) != first
        for act in (page.go_back, page.reload):
            act()
            page.wait_for_timeout(1500)
            _attract(page)
            expect(page.get_by_role("button", name="Terminer")).to_have_count(0)


def test_after_a_silence_the_typed_name_is_gone() -> None:
    TYPED.clear()

    def start(visit: Visit) -> None:
        visit.go(MENU)

    with (
        served(StandInActions(), stage=question("name"), before=start, quiet_s=6, warning_s=2) as url,
        sync_playwright() as tools,
    ):
        page = tools.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]).new_page()
        ready(page, url)
        first = _session(page)
        page.get_by_role("textbox").click()
        page.keyboard.type("Awa")
        expect(page.get_by_role("textbox")).to_have_value("Awa")
        for _ in range(60):  # the last letters are on their way to the terminal program
            if TYPED["name"].value == "Awa":
                break
            page.wait_for_timeout(50)
        assert TYPED["name"].value == "Awa"
        with page.expect_request("**/fin", timeout=TIMEOUT_MS):
            pass
        page.wait_for_url(url + "/", timeout=TIMEOUT_MS)
        page.get_by_role("textbox").wait_for(state="attached", timeout=TIMEOUT_MS)
        assert _session(page) != first
