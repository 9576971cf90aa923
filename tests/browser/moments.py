"""The states around and beside the ways of a visit: its end, a call, an answer of a helper, an empty list, a paper.

Those of ``tests.browser.states`` are of appointments and seats; both are taken together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import timedelta

from kiosk import moments
from kiosk.models.asking import NO, YES, Asking
from kiosk.models.booking_steps import FIRST_NAME, NO_CONTACT, BookingJourney
from kiosk.models.concerned import FLOW as CONCERNED
from kiosk.models.concerned import Concerned, in_transition
from kiosk.models.contract import POSSIBLE_FLOW, Reading
from kiosk.models.deadline import Deadline
from kiosk.models.registration import Registration
from kiosk.models.seats import SeatJourney
from kiosk.printing.counter import Counter
from kiosk.printing.pdf import ROLL, Document
from kiosk.printing.printer import PRINTING
from kiosk.silence import IdleClock
from kiosk.visit import BOOKING, EVENTS, MENU, SEAT, Visit
from sync.claim import make_reference
from sync.errors import TooManyTries, UnknownReference
from sync.records.help_call import COMING, HelpCallFields
from tests.browser.leads import Prepare, Step, at_booking, by_code, in_simple, see, to_hour, to_recap, touch, typed
from tests.browser.world import World
from tests.kiosk.models.registration_world import AWA, walk

INCIDENT = "K7F2"
QUIET_S, WARNING_S, SILENT_S = 60.0, 20.0, 66.0
TRIES_MAX = 12
UNKNOWN_CODE = make_reference(31_000, 1, b"a terminal of nowhere").text
NOT_PRESENT = {"deja_oui": ["oui"], "deja_doute": ["ne_sait_pas"]}
ABROAD: Mapping[str, object] = {
    **AWA, "lieu_naissance": ["autre"], "pays_naissance": "Congo", "ville_naissance": "Boma",
}  # fmt: skip
LETTERS = {"answer": (3, 11), "weekend": (29, 10), "over": (10, 9)}
"""Day and month of a letter of 2026, read on 24 November."""

AFTER: dict[str, tuple[Step, ...]] = {
    "events-none": (see("Aucun événement annoncé"),),
    "offers-none": (see("Aucune offre sur cette borne"),),
    "services-none": (see("Aucun service sur cette borne"),),
    "offers-old": (see("Peut-être déjà prise"),),
    "offers-old-page": (touch("Aide à domicile"), see("Vérifiée pour la dernière fois")),
    "home-simple": (see("Que voulez-vous faire"),),
    "idle-warning": (see("Êtes-vous toujours là"),),
    "incident": (see(INCIDENT),),
    "satisfaction": (touch("Terminer"), touch("Oui, terminer et effacer"), see("Comment s’est passée votre visite")),
    "goodbye": (touch("Terminer"), see("L’écran est effacé")),
    "call-answered": (see("Quelqu’un arrive"),),
    "deadline-answer": (see("Il reste 9 jours"),),
    "deadline-weekend": (see("dimanche 29 novembre"),),
    "deadline-over": (see("Votre date pour signer"),),
    "concerned-answer": (see("vous êtes concerné"),),
    "concerned-rsa": (see("Demandez à votre organisme"),),
    "possible-answer": (see("Un Point Contact n’inscrit personne"),),
    "reg-deja-oui": (see("Vous avez déjà une inscription"),),
    "reg-deja-doute": (see("C’est peut-être déjà fait"),),
    "reg-pays-naissance": (see("Écrivez votre pays de naissance"),),
    "reg-pays-choix": (see("Est-ce un de ces pays"),),
    "reg-ville-naissance": (see("Écrivez-la comme sur vos papiers"),),
    "line-page": (touch("Forum des métiers"), see("Liste d’attente")),
    "line-recap": (see("Attendre une place"),),
    "line-slip": (see("Vous êtes sur la liste d’attente"),),
    "code-line": (see("Quitter la liste d’attente"),),
    "recap-simple": (see("Tout est juste"),),
    "slip-simple": (see("Rendez-vous réservé"),),
    "slip-phone": (touch("Sur mon téléphone"), see("Mettre dans mon téléphone")),
    "slip-printing": (touch("Imprimer"), see("Attendez ici. Votre papier va sortir.")),
    "code-unknown": (typed(UNKNOWN_CODE), touch("Voir où j’en suis"), see("Je ne trouve pas ce code")),
    "code-locked": (typed(UNKNOWN_CODE), touch("Voir où j’en suis"), see("Trop d’essais")),
}
"""What is touched, typed and awaited once a state is shown: the words are those that it is known by."""


class _SlowPrinter:
    """It has the paper and says nothing more of it."""

    def paper(self) -> str:
        return ROLL

    def submit(self, document: Document) -> str:
        return f"{len(document.pdf)} bytes"

    def look(self, job: str) -> str:
        del job
        return PRINTING

    def withdraw(self, job: str) -> None:
        del job

    def clear(self) -> None:
        pass


def at(place: str) -> Prepare:
    """A place as it is."""
    return lambda visit: visit.go(place)


def empty(world: World) -> Iterator[tuple[str, Prepare]]:
    """Before anything is announced here; then an offer that nobody has confirmed for long."""
    yield "events-none", at(EVENTS)
    yield "offers-none", at("/offres")
    yield "services-none", at("/services")
    now = moments.from_ms(world.hub.time.ms)
    world.hub.write("offer", "offer-old", {
        "external_ref": "O1", "title": "Aide à domicile", "employer": "Les Tilleuls", "place": "Vierzon",
        "contract": "cdi", "working_time": "24 h par semaine", "summary": "Vous aidez des personnes âgées chez elles.",
        "how_to_apply": "Téléphonez au 02 61 91 00 45.", "source": "Les Tilleuls",
        "published_at": moments.format_utc(now - timedelta(days=70)),
        "updated_at": moments.format_utc(now - timedelta(days=45)),
    })  # fmt: skip
    world.kiosk.round()
    yield "offers-old", at("/offres")
    yield "offers-old-page", at("/offres")


def others(world: World) -> Iterator[tuple[str, Prepare]]:
    """Everything else of this file; the code that is locked comes last, as it stays so."""
    for part in (_around, _calls, _helpers, _preparation, _line, _slips, _unknown):
        yield from part(world)


def _around(world: World) -> Iterator[tuple[str, Prepare]]:
    """What stands over the screen."""
    del world
    yield "home-simple", in_simple(at(MENU))
    yield "idle-warning", _silent
    yield "incident", _incident
    yield "satisfaction", _had_begun
    yield "goodbye", _gone


def _silent(visit: Visit) -> None:
    """Silent for so long; its clock stands still, so that the picture is always of the same second."""
    clock = [0.0]
    visit.idle = IdleClock(QUIET_S, WARNING_S, lambda: clock[0])
    visit.go(MENU)
    clock[0] = SILENT_S
    visit.tell("idle")


def _incident(visit: Visit) -> None:
    visit.go(MENU)
    visit.report(INCIDENT)


def _had_begun(visit: Visit) -> None:
    """Only who began something is asked how it was."""
    visit.go(BOOKING)
    visit.go(MENU)


def _gone(visit: Visit) -> None:
    """Over, and nothing asked: the host would send the browser away at once, here the screen stays to be seen."""
    visit.go(MENU)
    visit.watch("sheet", visit.wipe)


def _calls(world: World) -> Iterator[tuple[str, Prepare]]:
    """A call for help, once somebody with a name has said that they come."""

    def calling(visit: Visit) -> None:
        visit.go(MENU)
        visit.call_help()

    world.actions.call_help()
    ((call_id, _),) = world.kiosk.terminal.store.list(HelpCallFields.kind)
    said_at = moments.format_utc(moments.from_ms(world.hub.time.ms))
    world.hub.write(HelpCallFields.kind, call_id, {"state": COMING, "answered_at": said_at})
    world.kiosk.round()
    yield "call-answered", calling
    world.actions.end_help_call()


# The helpers ------------------------------------------------------------------------------------------


def _helpers(world: World) -> Iterator[tuple[str, Prepare]]:
    for name, (day, month) in LETTERS.items():
        yield f"deadline-{name}", _letter(world, day, month)
    yield "concerned-answer", concerned(world, {"registered": YES})
    yield "concerned-rsa", concerned(world, {"registered": YES, "rsa": YES})
    yield "possible-answer", possible(world, "possible-inscription")


def _letter(world: World, day: int, month: int) -> Prepare:
    def prepare(visit: Visit) -> None:
        form = {"jour": str(day), "mois": str(month), "annee": "2026"}
        assert Deadline(world.actions, visit.drafts).answer(form, visit.language) is None
        visit.go("/delai")

    return prepare


def concerned(world: World, answers: Mapping[str, str]) -> Prepare:
    """« Suis-je concerné ? » answered: as given, else « non »."""

    def prepare(visit: Visit) -> None:
        screens = Reading(world.actions, visit.drafts, CONCERNED).screens(visit.language)
        to_the_end(Concerned(visit.drafts, transition=in_transition(screens)), answers)
        visit.go("/concerne")

    return prepare


def to_the_end(asking: Asking, answers: Mapping[str, str]) -> None:
    """Answers until no question is left: as given, else « non »."""
    while asking.standing.end is None:
        question = asking.standing.question
        asking.answer(question, answers.get(question, NO))


def possible(world: World, screen_id: str) -> Prepare:
    """« Possible ici, ou ailleurs », one question opened."""

    def prepare(visit: Visit) -> None:
        Reading(world.actions, visit.drafts, POSSIBLE_FLOW).open(screen_id)
        visit.go("/possible")

    return prepare


def _preparation(world: World) -> Iterator[tuple[str, Prepare]]:
    """The questions that somebody of a first visit, not registered and born in France, does not meet."""
    for step, answer in NOT_PRESENT.items():
        yield f"reg-{step.replace('_', '-')}", registering(world, step, {**AWA, "deja_inscrit": answer})
    for step in ("pays_naissance", "pays_choix", "ville_naissance"):
        chosen = {**ABROAD, "pays_choix": ["-"]}
        yield f"reg-{step.replace('_', '-')}", registering(world, step, chosen)


def registering(world: World, until: str, person: Mapping[str, object] = AWA) -> Prepare:
    """The preparation, answered up to a step."""

    def prepare(visit: Visit) -> None:
        walk(Registration(world.actions, visit.drafts, visit.language), person, until)
        visit.go("/inscription")

    return prepare


# Seats, papers and codes ------------------------------------------------------------------------------


def _line(world: World) -> Iterator[tuple[str, Prepare]]:
    """Full: whoever wants waits for a seat that somebody leaves."""
    full = _full(world, "Forum des métiers")
    yield "line-page", at(EVENTS)
    yield "line-recap", _in_line(world, full, asks=False)
    yield "line-slip", _in_line(world, _full(world, "Atelier photo"), asks=True)
    waiting = world.book(_full(world, "Atelier budget"), waits=True)
    _answered(world)
    yield "code-line", by_code(world, "booking", waiting.id)


def _full(world: World, title: str) -> str:
    """An event of one seat, which is somebody's; the slot of its seats."""
    slot_id = world.event(title, 4, capacity=1, seats_left=0)
    world.book(slot_id)
    _answered(world)
    return slot_id


def _answered(world: World) -> None:
    """What was asked for goes up by a round, and its answer comes by the next."""
    world.kiosk.round()
    world.kiosk.round()


def _in_line(world: World, slot_id: str, *, asks: bool) -> Prepare:
    def prepare(visit: Visit) -> None:
        journey = SeatJourney(world.actions, visit.drafts, visit.key)
        journey.join_line(next(event for event in world.actions.events() if event.slot_id == slot_id))
        journey.choose_contact(NO_CONTACT)
        journey.go_on()
        assert journey.step == FIRST_NAME, journey.step
        journey.go_on()
        if asks:
            assert journey.ask("fr") is not None
            _answered(world)
        visit.go(SEAT)

    return prepare


def _slips(world: World) -> Iterator[tuple[str, Prepare]]:
    hours = [world.own(8, hour) for hour in (9, 9.5, 10, 10.5)]
    yield "recap-simple", in_simple(booked(world, hours[0], asks=False))
    yield "slip-simple", in_simple(booked(world, hours[1]))
    yield "slip-phone", booked(world, hours[2])
    yield "slip-printing", _on_paper(booked(world, hours[3]))


def booked(world: World, slot_id: str, *, asks: bool = True) -> Prepare:
    """A video appointment at an hour, at its summary or its slip."""

    def lead(journey: BookingJourney) -> None:
        to_hour(journey, slot_id)
        to_recap(journey)
        if asks:
            assert journey.ask("fr") is not None

    return at_booking(world, lead)


def _on_paper(prepare: Prepare) -> Prepare:
    """On a terminal with a printer, which is slow."""

    def prepared(visit: Visit) -> None:
        visit.papers = Counter(_SlowPrinter())
        prepare(visit)

    return prepared


def _unknown(world: World) -> Iterator[tuple[str, Prepare]]:
    yield "code-unknown", at("/code")

    def too_often(visit: Visit) -> None:
        with suppress(TooManyTries):
            for _ in range(TRIES_MAX):
                with suppress(UnknownReference):
                    world.actions.find(UNKNOWN_CODE)
        visit.go("/code")

    yield "code-locked", too_often
