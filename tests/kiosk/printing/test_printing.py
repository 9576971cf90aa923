"""Printing for one visit, to a stand-in of CUPS on PATH and to a folder: once, never for ever, and nothing left."""

from __future__ import annotations

import stat
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader

from kiosk.printing.counter import PAPERS_MAX, Counter, Counters
from kiosk.printing.pdf import A4, ROLL, make_pdf
from kiosk.printing.printer import CupsQueue, FolderPrinter
from tests.kiosk.printing import stand_in_cups
from tests.kiosk.printing.papers import BARE, BOOKED

QUEUE = "recu"


class Spool:
    """The queue of a stand-in."""

    def __init__(self, folder: Path) -> None:
        self.queue = folder / QUEUE
        self.queue.mkdir(parents=True)
        self.becomes("ok")

    def becomes(self, state: str) -> None:
        (self.queue / "state").write_text(state)

    def jobs(self, file: str) -> list[Path]:
        return sorted(self.queue.glob(f"job-*/{file}"))


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Spool:
    programs = tmp_path / "bin"
    programs.mkdir()
    source = Path(stand_in_cups.__file__).read_text()
    for name in ("lp", "lpstat", "cancel"):
        program = programs / name
        program.write_text(f"#!{sys.executable} -IS\n{source}")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setenv("STAND_IN_SPOOL", str(tmp_path / "spool"))
    return Spool(tmp_path / "spool")


def a_counter(*, patience_looks: int = 4, queue: str = QUEUE, paper: str = ROLL) -> Counter:
    """A counter whose clock goes on only when it sleeps: it looks so many times at a job that does not come out."""
    passed = {"s": 0.0}

    def sleep(seconds: float) -> None:
        passed["s"] += 15 / patience_looks
        del seconds

    return Counter(CupsQueue(queue, paper), now=lambda: passed["s"], sleep=sleep)


def until(true: Callable[[], bool]) -> None:
    for _ in range(200):
        if true():
            return
        time.sleep(0.02)
    raise AssertionError("it never came true")


def test_a_paper_goes_through_a_pipe_with_its_length_and_a_title_that_names_nobody(spool: Spool) -> None:
    assert a_counter().print_sheet(lambda: BOOKED) == "printed"
    (job,) = spool.jobs("printed")
    words = (job.parent / "words").read_text().splitlines()
    assert words[words.index("-t") + 1] == "Point Contact"
    length = make_pdf(BOOKED, ROLL).height_mm
    assert f"media=Custom.80x{length:.0f}mm" in words
    assert words[-1] == "-", "no file of ours holds the document"
    assert not any("K7F" in word for word in words)
    assert "K7F" in PdfReader(job).pages[0].extract_text()


def test_a_page_is_a4(spool: Spool) -> None:
    assert a_counter(paper=A4).print_sheet(lambda: BOOKED) == "printed"
    (job,) = spool.jobs("words")
    assert "media=A4" in job.read_text()


@pytest.mark.parametrize(
    ("state", "said"),
    [("no_paper", "no_paper"), ("paused", "stopped"), ("unavailable", "unreachable"), ("abort", "failed"),
     ("rejecting", "stopped")],
)  # fmt: skip
def test_why_nothing_comes_out_is_known_and_nothing_comes_out_later(spool: Spool, state: str, said: str) -> None:
    spool.becomes(state)
    counter = a_counter()
    assert counter.print_sheet(lambda: BOOKED) == said
    assert not spool.jobs("data"), "the next person would find this paper"
    assert counter.count == 0
    spool.becomes("ok")
    assert counter.print_sheet(lambda: BOOKED) == "printed"


def test_a_queue_that_is_not_there_is_said_so(spool: Spool) -> None:
    assert a_counter(queue="autre").print_sheet(lambda: BOOKED) == "unknown"


def test_without_cups_on_the_machine_it_is_said_too(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert a_counter().print_sheet(lambda: BOOKED) == "unknown"


def test_a_scheduler_that_hangs_is_not_waited_for(spool: Spool) -> None:
    spool.becomes("hang")
    began = time.monotonic()
    assert a_counter().print_sheet(lambda: BOOKED) == "unreachable"
    assert time.monotonic() - began < 10


def test_a_printer_that_says_nothing_is_called_slow_and_its_job_goes_with_the_visit(spool: Spool) -> None:
    spool.becomes("hold")
    counter = a_counter()
    assert counter.print_sheet(lambda: BOOKED) == "slow"
    assert len(spool.jobs("data")) == 1
    counter.end()
    until(lambda: not spool.jobs("data"))
    assert len(spool.jobs("cancelled")) == 1


def test_what_came_out_is_not_called_back_at_the_end(spool: Spool) -> None:
    counter = a_counter()
    assert counter.print_sheet(lambda: BOOKED) == "printed"
    counter.end()
    time.sleep(0.3)
    assert len(spool.jobs("printed")) == 1
    assert counter.print_sheet(lambda: BOOKED) == "over"
    assert len(spool.jobs("printed")) == 1


def test_two_touches_at_once_print_once(spool: Spool) -> None:
    counter = a_counter()
    began, go = threading.Event(), threading.Event()

    def slowly() -> object:
        began.set()
        go.wait(10)
        return BARE

    said: list[str] = []
    first = threading.Thread(target=lambda: said.append(counter.print_sheet(slowly)))  # type: ignore[arg-type]
    first.start()
    assert began.wait(10)
    assert counter.print_sheet(lambda: BARE) == "busy"
    go.set()
    first.join()
    assert said == ["printed"]
    assert len(spool.jobs("printed")) == 1


def test_a_visit_that_ends_while_its_paper_is_on_the_way_leaves_nothing(spool: Spool) -> None:
    spool.becomes("hold")
    counter = a_counter()

    def ending() -> object:
        counter.end()
        return BARE

    assert counter.print_sheet(ending) == "over"  # type: ignore[arg-type]
    assert not spool.jobs("data")


def test_a_roll_is_for_everybody(spool: Spool) -> None:
    counter = a_counter()
    assert [counter.print_sheet(lambda: BARE) for _ in range(PAPERS_MAX)] == ["printed"] * PAPERS_MAX
    assert counter.print_sheet(lambda: BARE) == "limit"
    assert not counter.print_pdf(make_pdf(BARE, A4).pdf, "Une page")
    assert len(spool.jobs("printed")) == PAPERS_MAX


def test_a_page_of_the_guided_window_is_printed_under_our_own_title(spool: Spool) -> None:
    assert a_counter().print_pdf(make_pdf(BOOKED, A4).pdf, "Dossier de Camille Exemple")
    (job,) = spool.jobs("words")
    assert "Camille" not in job.read_text()
    assert "fit-to-page" in job.read_text()


def test_a_folder_keeps_a_paper_until_the_visit_ends_readable_by_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "papiers"
    counter = Counter(FolderPrinter(folder))
    assert counter.print_sheet(lambda: BOOKED) == "printed"
    (file,) = folder.iterdir()
    assert file.stat().st_mode & 0o077 == 0
    assert "K7F" in PdfReader(file).pages[0].extract_text()
    counter.end()
    until(lambda: not list(folder.iterdir()))


def test_a_program_that_stops_leaves_no_paper_of_a_visit_that_went_on(tmp_path: Path) -> None:
    counters = Counters(FolderPrinter(tmp_path))
    going_on = counters.new()
    assert going_on is not None
    assert going_on.print_sheet(lambda: BARE) == "printed"
    counters.close()
    assert list(tmp_path.iterdir()) == []
    assert Counters(None).new() is None


def test_what_a_killed_program_left_is_taken_back_at_the_next_start(spool: Spool, tmp_path: Path) -> None:
    spool.becomes("hold")
    assert a_counter().print_sheet(lambda: BARE) == "slow"
    Counters(CupsQueue(QUEUE, ROLL)).begin()
    until(lambda: not spool.jobs("data"))
    folder = tmp_path / "papiers"
    assert Counter(FolderPrinter(folder)).print_sheet(lambda: BARE) == "printed"
    (folder / "autre.pdf").touch()
    Counters(FolderPrinter(folder)).begin()
    until(lambda: [file.name for file in folder.iterdir()] == ["autre.pdf"])


def test_a_folder_that_cannot_be_written_is_a_printer_that_does_not_answer(tmp_path: Path) -> None:
    (tmp_path / "fichier").write_text("")
    assert Counter(FolderPrinter(tmp_path / "fichier" / "papiers")).print_sheet(lambda: BARE) == "unreachable"
