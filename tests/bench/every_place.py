"""The screens of a first visit, each by itself, on a terminal that has much to show.

What a first visit does not meet is in ``tests.browser.states``; together they are every screen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

from kiosk import moments
from kiosk.models.asking import Asking
from kiosk.models.booking_steps import BY_EMAIL, BY_PHONE, CONTACT, NEEDS, PHONE, BookingJourney
from kiosk.models.concerned import Concerned
from kiosk.models.contract import CONTRACT_FLOW, POSSIBLE_FLOW, Reading
from kiosk.models.orientation import Orientation
from kiosk.models.registration import Registration
from kiosk.models.registration_steps import NOTICE, RECAP
from kiosk.screens import PLACES
from kiosk.visit import MENU, Drafts, Visit, Wish
from tests.bench.drawing import State
from tests.browser.leads import Prepare, Step, at_booking, in_contrast, in_large, in_simple, to_hour, touch
from tests.browser.moments import ABROAD, at, booked, possible, registering
from tests.browser.world import World
from tests.kiosk.models.registration_world import AWA, walk
from tests.kiosk.screens.test_booth import Windows

ANNOUNCED = 60
"""Offers, services and events: more than the site of a town has."""
THEMES = ("recrutement", "recherche_emploi", "formation", "creation_entreprise", "numerique", "autre")
CONTRACTS = ("cdi", "cdd", "interim", "saisonnier", "alternance", "autre")
SUBJECT_NEEDS = ("emploi", "formation", "mobilite", "famille", "logement", "sante")
SHEETS = ("help", "desk", "language", "text", "finish", "accessibility")


def fill(world: World) -> None:
    """Much of everything that is announced, two weeks of hours; all of it is here after one round."""
    hub, now = world.hub, moments.from_ms(world.hub.time.ms)
    for number in range(ANNOUNCED):
        starts = now + timedelta(hours=26 * (number + 1))
        hub.write("offer", f"offer-{number}", {
            "external_ref": f"O{number}", "title": f"Aide à domicile {number}", "employer": "Les Tilleuls",
            "place": "Vierzon", "contract": CONTRACTS[number % 6], "working_time": "24 h par semaine",
            "summary": "Vous aidez des personnes âgées chez elles, deux jours par semaine.",
            "published_at": moments.format_utc(now - timedelta(days=number)),
            "updated_at": moments.format_utc(now - timedelta(days=number)),
        })  # fmt: skip
        hub.write("service", f"service-{number}", {
            "external_ref": f"S{number}", "name": f"Cours de français {number}", "organisation": "Centre social",
            "needs": [SUBJECT_NEEDS[number % 6]], "summary": "Un cours gratuit, deux fois par semaine.",
            "phone": "02 61 91 00 45", "updated_at": moments.format_utc(now - timedelta(days=4 * number)),
        })  # fmt: skip
        hub.write("event", f"event-{number}", {
            "external_ref": f"E-{number}", "title": f"Atelier {number}", "place": "Médiathèque, salle 2",
            "theme": THEMES[number % 6], "starts_at": moments.format_utc(starts),
            "ends_at": moments.format_utc(starts + timedelta(hours=2)), "seats": 12, "seats_left": number % 12,
            "counted_at": moments.format_utc(now), "summary": "Venez avec votre CV, même ancien.",
        })  # fmt: skip
    for day in range(1, 14):
        for half in range(8):
            hub.open_slot(f"0192f0a0-0000-7000-9000-{day:06d}{half:06d}", 24 * day + half / 2)
    world.kiosk.round()


def every_place(world: World) -> Iterator[State]:
    """Every screen that a visit may meet without another end having done anything."""
    for name, prepare, *steps in _all(world):
        yield State(name, prepare, steps, world.kiosk)


Named = tuple[str, Prepare] | tuple[str, Prepare, Step]


def _all(world: World) -> Iterator[Named]:
    for path in PLACES:
        yield f"place-{path.strip('/') or 'accueil'}", at(path)
    yield from _home()
    yield from _over()
    yield from _registration(world)
    yield from _content(world)
    yield from _lists()
    yield from _booking(world)


def _home() -> Iterator[Named]:
    yield "home-contrast", in_contrast(at(MENU))
    yield "home-large", in_large(at(MENU))


def _over() -> Iterator[Named]:
    for name in SHEETS:
        yield f"sheet-{name}", _sheet(name)
    yield "window-sheet", _window(lambda visit: visit.offer_window(Wish("inscription")))
    yield "window-sheet-absent", _window(lambda visit: visit.offer_window(Wish("inscription")), has=False)
    yield "window-opening", _window(lambda visit: visit.open_window(Wish("inscription")))
    yield "window-open", _window(_opened)
    yield "call", _calling


def _sheet(name: str) -> Prepare:
    def prepare(visit: Visit) -> None:
        visit.go(MENU)
        visit.open_sheet(name)

    return prepare


def _window(act: Callable[[Visit], None], *, has: bool = True) -> Prepare:
    def prepare(visit: Visit) -> None:
        visit.windows = Windows() if has else None
        visit.go(MENU)
        act(visit)

    return prepare


def _opened(visit: Visit) -> None:
    visit.open_window(Wish("inscription"))
    visit.window_opened()


def _calling(visit: Visit) -> None:
    visit.go(MENU)
    visit.call_help()


def _registration(world: World) -> Iterator[Named]:
    """Every question, of somebody born here and of somebody born abroad; the summary's pages and the slip."""
    yield "registration-notice-whole", at("/inscription"), touch("Lire le texte complet")
    met: dict[str, Mapping[str, object]] = {RECAP: AWA}
    for person in (AWA, {**ABROAD, "pays_choix": ["-"]}):
        for step in walk(Registration(world.actions, Drafts()), person):
            met.setdefault(step, person)
    for step in (key for key in met if key != NOTICE):
        yield f"registration-{step.replace('_', '-')}", registering(world, step, met[step])
    yield "registration-recap-simple", in_simple(registering(world, RECAP))

    def confirmed(visit: Visit) -> None:
        model = Registration(world.actions, visit.drafts)
        walk(model, AWA)
        assert model.confirm() is None
        visit.go("/inscription")

    yield "registration-slip", confirmed


# What is read and asked -------------------------------------------------------------------------------


def _content(world: World) -> Iterator[Named]:
    """Every screen of the contract, every answer of « Possible ici », every question and answer of the helpers."""
    for view in Reading(world.actions, Drafts(), CONTRACT_FLOW).screens("fr"):
        yield view.id, _reading(world, view.id)
        if any(block.kind == "checklist" for block in view.blocks):
            yield f"{view.id}-paper", _reading(world, view.id), touch("Emporter ma liste")
    for view in Reading(world.actions, Drafts(), POSSIBLE_FLOW).screens("fr"):
        yield view.id, possible(world, view.id)
    for path, make in (("/accompagnement", _who), ("/concerne", _concerned)):
        for name, answers in _ways(make).items():
            yield f"{path.strip('/')}-{name}", _asked(path, make, answers)


def _reading(world: World, screen_id: str) -> Prepare:
    def prepare(visit: Visit) -> None:
        Reading(world.actions, visit.drafts, CONTRACT_FLOW).open(screen_id)
        visit.go("/contrat")

    return prepare


def _who(drafts: Drafts) -> Asking:
    return Orientation(drafts, delegated=False)


def _concerned(drafts: Drafts) -> Asking:
    return Concerned(drafts, transition=True)


Answers = tuple[tuple[str, str], ...]


def _answered(make: Callable[[Drafts], Asking], drafts: Drafts, answers: Answers) -> Asking:
    asking = make(drafts)
    for question, answer in answers:
        asking.answer(question, answer)
    return asking


def _ways(make: Callable[[Drafts], Asking]) -> dict[str, Answers]:
    """The shortest way to each question and to each answer, by its name."""
    found: dict[str, Answers] = {}
    open_: list[Answers] = [()]
    while open_:
        answers = open_.pop(0)
        asking = _answered(make, Drafts(), answers)
        standing = asking.standing
        found.setdefault(standing.end or standing.question, answers)
        if standing.end is None:
            question = standing.question
            open_ += [(*answers, (question, answer)) for answer in asking.rule.answers[question]]
    return found


def _asked(path: str, make: Callable[[Drafts], Asking], answers: Answers) -> Callable[[Visit], None]:
    def prepare(visit: Visit) -> None:
        _answered(make, visit.drafts, answers)
        visit.go(path)

    return prepare


def _lists() -> Iterator[Named]:
    """One entry of each list, and its second page."""
    for path, one in (("/evenements", "Atelier 1"), ("/offres", "Aide à domicile 0"), ("/services", "Cours de")):
        yield f"{path.strip('/')}-one", at(path), touch(one)
        yield f"{path.strip('/')}-page-2", at(path), touch("Après")
        yield f"{path.strip('/')}-large", in_large(at(path))


def _booking(world: World) -> Iterator[Named]:
    """Every question of an appointment, then its summary and its slip."""
    sure = world.own(4, 9)
    yield "booking-hours", at_booking(world, lambda journey: to_hour(journey, sure))
    yield "booking-needs", at_booking(world, lambda journey: _to(journey, sure, NEEDS))
    yield "booking-contact", at_booking(world, lambda journey: _to(journey, sure, CONTACT))
    for how in (BY_PHONE, BY_EMAIL):
        yield f"booking-{how}", at_booking(world, lambda journey, how=how: _to_contact(journey, sure, how))
    yield "booking-first-name", at_booking(world, lambda journey: _to_first_name(journey, sure))
    yield "booking-recap", booked(world, sure, asks=False)
    yield "booking-slip", booked(world, world.own(4, 10))


def _to(journey: BookingJourney, slot_id: str, step: str) -> None:
    to_hour(journey, slot_id)
    while journey.step != step:
        journey.go_on()


def _to_contact(journey: BookingJourney, slot_id: str, how: str) -> None:
    _to(journey, slot_id, CONTACT)
    journey.choose_contact(how)
    journey.go_on()


def _to_first_name(journey: BookingJourney, slot_id: str) -> None:
    _to_contact(journey, slot_id, BY_PHONE)
    journey.enter(PHONE, "06 12 34 87 65")
    journey.go_on()
