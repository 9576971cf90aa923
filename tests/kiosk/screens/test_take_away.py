"""Taking home from a slip: what is drawn, what is said, and that nothing of it outlives the visit."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from kiosk.app import take_papers_back
from kiosk.printing.counter import Counter
from kiosk.printing.pdf import Document
from kiosk.printing.printer import NO_PAPER, FolderPrinter
from kiosk.printing.sheet import Sheet
from kiosk.screens.take_away import TakeAway, Taking
from kiosk.tokens import Look
from kiosk.visit import Visit
from kiosk.wording import LANGUAGES
from tests.kiosk.in_process import Shown
from tests.kiosk.printing.papers import BARE
from tests.kiosk.screens.test_journeys import run
from tests.kiosk.voices import Recording


class EmptyPrinter:
    """A printer without paper: it takes a job, and keeps it until it is withdrawn."""

    def __init__(self) -> None:
        self.jobs: list[str] = []

    def paper(self) -> str:
        return "80mm"

    def submit(self, document: Document) -> str:
        assert document.pdf.startswith(b"%PDF")
        self.jobs.append("job")
        return "job"

    def look(self, job: str) -> str:
        return NO_PAPER

    def withdraw(self, job: str) -> None:
        self.jobs.remove(job)

    def clear(self) -> None:
        self.jobs.clear()


def a_visit(language: str = "fr", **more: object) -> Visit:
    visit = Visit(Look(1080, 1920), **more)  # type: ignore[arg-type]
    visit.go("/rendez-vous")
    visit.speak(language)
    visit.first_tap = lambda control: True  # type: ignore[method-assign]
    return visit


def sheet() -> Sheet:
    return BARE


async def until_said(shown: Shown, words: str) -> None:
    for _ in range(200):
        if words in shown.words():
            return
        await asyncio.sleep(0.02)
        await shown.settle()
    raise AssertionError(shown.words())


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_printer_or_a_voice_nothing_is_offered_and_the_screen_says_what_to_do(language: str) -> None:
    async def scenario() -> None:
        async with Shown(TakeAway, a_visit(language), Taking(paper=sheet, spoken=lambda: "K")) as shown:
            assert not shown.touchables()
            assert "l’écran en photo" in shown.words()

    run(scenario())


def test_a_paper_is_printed_once_and_goes_with_the_visit(tmp_path: Path) -> None:
    async def scenario() -> None:
        visit = a_visit(papers=Counter(FolderPrinter(tmp_path / "papers")))
        take_papers_back(visit)
        async with Shown(TakeAway, visit, Taking(paper=sheet)) as shown:
            await shown.tap("Imprimer")
            await until_said(shown, "Prenez votre papier.")
            assert len(list((tmp_path / "papers").iterdir())) == 1
            assert any("Imprimer encore" in face for face in shown.touchables())
            visit.end()
        for _ in range(100):
            if not list((tmp_path / "papers").iterdir()):
                return
            await asyncio.sleep(0.02)
        raise AssertionError("a paper of an ended visit is still there")

    run(scenario())


def test_a_printer_without_paper_says_so_and_how_to_leave_with_the_code() -> None:
    async def scenario() -> None:
        printer = EmptyPrinter()
        async with Shown(TakeAway, a_visit(papers=Counter(printer)), Taking(paper=sheet)) as shown:
            await shown.tap("Imprimer")
            await until_said(shown, "Il n’y a plus de papier")
            assert "l’écran en photo" in shown.words()
            assert printer.jobs == []

    run(scenario())


def test_a_code_is_read_aloud_only_after_the_headphones_were_asked_for() -> None:
    async def scenario() -> None:
        voice, time = Recording(), {"now": 0.0}
        visit = a_visit(voice=voice, now=lambda: time["now"])
        async with Shown(TakeAway, visit, Taking(spoken=lambda: "K, comme Kléber.")) as shown:
            await shown.tap("Écouter mon code")
            assert "Branchez un casque" in shown.words()
            assert voice.said == []
            await shown.tap("Écouter maintenant")
            await until_said(shown, "Touchez l’écran pour arrêter")
            assert voice.said == ["K, comme Kléber."]
            time["now"] = 200.0
            assert not visit.warned, "who listens touches nothing"
            await shown.tap("Arrêter")
            assert visit.warned, "nobody touched anything for so long, and nothing is read any more"
            visit.answer_warning()
            assert any("Écouter mon code" in face for face in shown.touchables())

    run(scenario())
