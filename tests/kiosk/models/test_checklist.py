"""« Préparer votre rendez-vous »: ticks in memory, a paper that names nobody, and the subject of the appointment."""

from __future__ import annotations

import pytest

from content.view import ScreenView
from kiosk.models.booking_kept import begin_with
from kiosk.models.checklist import SCREEN, Checklist
from kiosk.models.contract import EXIT_PLACES, SUBJECT, WayOut, tick_subject
from kiosk.models.printed import paper_of_list
from kiosk.printing.pdf import FORMATS, make_pdf
from kiosk.visit import Drafts
from tests.kiosk.printing.papers import raster, read
from tests.kiosk.stand_in import NOW, StandInActions


def the_screen(language: str = "fr") -> ScreenView:
    return next(view for view in StandInActions().shelf.screens("contrat", language) if view.id == SCREEN)


def test_a_tick_comes_and_goes_and_is_on_the_paper_in_either_language() -> None:
    actions, checklist = StandInActions(), Checklist(Drafts())
    checklist.toggle(0, 1)
    checklist.toggle(1, 3)
    checklist.toggle(0, 0)
    checklist.toggle(0, 0)
    for language in ("fr", "fr-simple"):
        paper = checklist.paper(the_screen(language), actions.site(), NOW)
        ready = [[line.ready for line in group.lines] for group in paper.groups]
        assert ready == [[False, True, False, False], [False, False, False, True]]
        assert all(group.title and line.text for group in paper.groups for line in group.lines)
        assert paper.source.startswith("Texte à jour")
        assert paper.place == actions.site().name
        assert paper.made == ("mardi 17\u00a0novembre 2026", "10\u00a0h\u00a042")


def test_a_visit_takes_its_ticks_with_it() -> None:
    drafts = Drafts()
    checklist = Checklist(drafts)
    checklist.toggle(0, 0)
    drafts.wipe()
    assert not checklist.ready(0, 0)


def test_from_what_explains_the_contract_the_subject_of_the_appointment_is_ticked() -> None:
    for place in ("/contrat", "/concerne", "/delai"):
        drafts = Drafts()
        tick_subject(drafts, place, WayOut(EXIT_PLACES["@booking"], ""))
        assert drafts.get("booking") == {"reason": SUBJECT}


def test_elsewhere_no_subject_is_ticked_and_a_booking_that_was_begun_stays_as_it_is() -> None:
    drafts = Drafts()
    tick_subject(drafts, "/possible", WayOut(EXIT_PLACES["@booking"], ""))
    tick_subject(drafts, "/contrat", WayOut(EXIT_PLACES["@home"], ""))
    assert drafts.get("booking") is None
    drafts.put("booking", {"reason": "edo", "step": "hour"})
    begin_with(drafts, SUBJECT)
    assert drafts.get("booking") == {"reason": "edo", "step": "hour"}


@pytest.mark.parametrize("paper", FORMATS)
@pytest.mark.parametrize("language", ["fr", "fr-simple"])
def test_the_printed_list_has_every_line_once_and_a_cross_where_it_was_ticked(paper: str, language: str) -> None:
    checklist = Checklist(Drafts())
    view, site = the_screen(language), StandInActions().site()
    blank = make_pdf(paper_of_list(checklist.paper(view, site, NOW), language), paper)
    checklist.toggle(0, 1)
    made = checklist.paper(view, site, NOW)
    ticked = make_pdf(paper_of_list(made, language), paper)
    words = read(ticked)
    for line in (line.text for group in made.groups for line in group.lines):
        assert words.count(line.replace("\u00a0", " ")) == 1
    assert sum(map(sum, raster(ticked)[0])) > sum(map(sum, raster(blank)[0])), "the cross is there"
