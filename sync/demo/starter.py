"""What a demonstration shows: two invented sites, and a fortnight of slots and events for each. Pure.

Everything is derived from the calendar alone, so that starting again on the same data adds the new
days and changes nothing else. Every title, source and name says that it is a demonstration.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = 14
BUFFER_MIN = 5
SATURDAY = 5
SOURCE = "Données de démonstration"


@dataclass(frozen=True)
class DemoSite:
    """One invented site. ``holidays`` are its own public holidays, as (month, day).

    ``rsa_orientation`` is who orients those with the RSA, as ``hub site add --rsa-orientation`` has it.
    """

    site_id: str
    name: str
    category: str
    address: str
    zone: str
    phone_region: str
    phone: str
    region: str
    opening_hours: str
    half_days: tuple[tuple[time, time], ...]
    holidays: tuple[tuple[int, int], ...] = ()
    rsa_orientation: str = "departement"


METROPOLITAN = DemoSite(
    site_id="saint-aubin",
    name="Mairie de Saint-Aubin-sur-Sauldre (Démonstration)",
    category="mairie",
    address="1 place de l’Exemple, Saint-Aubin-sur-Sauldre",
    zone="Europe/Paris",
    phone_region="FR",
    phone="01 99 00 00 00",
    region="Centre-Val de Loire",
    opening_hours="Du lundi au vendredi, de 9 h à 12 h et de 14 h à 17 h",
    half_days=((time(9), time(12)), (time(14), time(17))),
)
REUNION = DemoSite(
    site_id="ravine-aux-lataniers",
    name="Mairie annexe de La Ravine-aux-Lataniers, La Réunion (Démonstration)",
    category="mairie",
    address="1 rue de l’Exemple, La Ravine-aux-Lataniers, La Réunion",
    zone="Indian/Reunion",
    phone_region="RE",
    phone="0262 99 00 00",
    region="La Réunion",
    opening_hours="Du lundi au vendredi, de 8 h à 12 h et de 13 h à 16 h",
    half_days=((time(8), time(12)), (time(13), time(16))),
    holidays=((12, 20),),
    # Invented, as the site is, so that both answers of « Qui m’accompagne ? » are seen: it says nothing of La Réunion.
    rsa_orientation="france_travail",
)
SITES = {site.site_id: site for site in (METROPOLITAN, REUNION)}

FRANCE_TRAVAIL = "3949"

# Reason and minutes, in turn: every reason appears every day, so that each may be tried at once.
TURN = (
    ("inscription_aide", 30),
    ("edo", 45),
    ("suivi", 30),
    ("signature_cer", 45),
    ("dpa", 30),
    ("autre", 30),
)


@dataclass(frozen=True)
class DemoEvent:
    """One event that comes back: the weekday (0 Monday) and the parity of the week it takes place in.

    ``remote_seats`` are places from afar, where it is given in both ways.
    """

    title: str
    theme: str
    summary: str
    weekday: int
    week_parity: int
    starts: time
    minutes: int
    seats: int | None
    access: str = "Entrée libre, accessible en fauteuil"
    sign_up: str = "À l’accueil de la mairie"
    organiser: str = field(default="Point Contact (démonstration)")
    remote_seats: int | None = None


EVENTS = (
    DemoEvent(
        "Écrire son CV pas à pas", "recherche_emploi",
        "On commence par une feuille blanche et on repart avec un CV imprimé. Venez comme vous êtes.",
        0, 0, time(9, 30), 120, 8,
    ),
    DemoEvent(
        "Préparer un entretien à deux", "recherche_emploi",
        "On s’entraîne à deux, avec des questions simples, puis on en parle.",
        0, 1, time(14), 90, 10,
    ),
    DemoEvent(
        "Les métiers de l’aide à domicile recrutent", "recrutement",
        "Trois employeurs présentent leurs postes. Débutants acceptés.",
        1, 0, time(14), 120, 20,
    ),
    DemoEvent(
        "Découvrir les métiers de la logistique", "recrutement",
        "Présentation des métiers, puis échanges avec deux entreprises.",
        1, 1, time(9), 120, 25,
    ),
    DemoEvent(
        "Premiers pas sur ordinateur", "numerique",
        "Souris, clavier, courrier électronique : en petit groupe, à votre rythme.",
        2, 0, time(9), 120, 6,
    ),
    DemoEvent(
        "Se servir de son téléphone pour ses démarches", "numerique",
        "Apportez votre téléphone et ce que vous n’arrivez pas à faire avec.",
        2, 1, time(14), 90, 6,
    ),
    DemoEvent(
        "Se former : par où commencer ?", "formation",
        "Ce qui existe, ce qui est financé, et à qui le demander.",
        3, 0, time(10), 90, 15, remote_seats=20,
    ),
    DemoEvent(
        "Reprendre des études à l’âge adulte", "formation",
        "Un témoignage, puis vos questions.",
        3, 1, time(14), 90, 15,
    ),
    DemoEvent(
        "Créer sa petite entreprise : les bonnes questions", "creation_entreprise",
        "Une idée suffit pour venir. On regarde ensemble ce qu’il reste à vérifier.",
        4, 0, time(9, 30), 120, None,
    ),
    DemoEvent(
        "Café de l’emploi", "autre",
        "Un café, des offres du coin, et des gens qui cherchent aussi.",
        4, 1, time(9, 30), 120, None,
    ),
)  # fmt: skip


def easter(year: int) -> date:
    """Returns Easter Sunday (Meeus, Jones, Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(year, f // 31, f % 31 + 1)


def is_open(site: DemoSite, day: date) -> bool:
    """True on a weekday that is no public holiday there."""
    fixed = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25), *site.holidays}
    moving = {easter(day.year) + timedelta(days=days) for days in (1, 39, 50)}
    return day.weekday() < SATURDAY and (day.month, day.day) not in fixed and day not in moving


def fortnight(site: DemoSite, today: date) -> list[date]:
    """The days of the fortnight that starts today on which the site is open."""
    return [day for day in (today + timedelta(days=offset) for offset in range(DAYS + 1)) if is_open(site, day)]


def slots_of_day(site: DemoSite, day: date) -> Iterator[tuple[time, time, str]]:
    """The start, end and reason of each slot of a day: one booth, a pause to clean between two."""
    turn = day.toordinal()
    for opens, closes in site.half_days:
        at, end = datetime.combine(day, opens), datetime.combine(day, closes)
        while at + timedelta(minutes=TURN[turn % len(TURN)][1]) <= end:
            reason, minutes = TURN[turn % len(TURN)]
            until = at + timedelta(minutes=minutes)
            yield at.time(), until.time(), reason
            at, turn = until + timedelta(minutes=BUFFER_MIN), turn + 1


def events_of_day(day: date) -> list[DemoEvent]:
    """The events that take place on a day: one of each pair, by the parity of the week."""
    parity = day.toordinal() // 7 % 2
    return [event for event in EVENTS if event.weekday == day.weekday() and event.week_parity == parity]


def slot_rows(now: datetime) -> list[dict[str, str]]:
    """The lines of « hub slots import » for both sites: the slots of the fortnight that have not begun."""
    rows: list[dict[str, str]] = []
    for site in SITES.values():
        local = now.astimezone(ZoneInfo(site.zone)).replace(tzinfo=None)
        for day in fortnight(site, local.date()):
            for starts, ends, reason in slots_of_day(site, day):
                if datetime.combine(day, starts) > local:
                    rows.append(_slot_row(site, day, starts, ends, reason))
    return rows


def _slot_row(site: DemoSite, day: date, starts: time, ends: time, reason: str) -> dict[str, str]:
    return {
        "référence": f"DEMO-{day:%Y%m%d}-{starts:%H%M}",
        "site": site.site_id,
        "motif": reason,
        "date": f"{day:%d/%m/%Y}",
        "début": f"{starts:%H:%M}",
        "fin": f"{ends:%H:%M}",
        "places": "1",
        # No link: nobody is at the other end. Whom to call is what the booth then says.
        "téléphone": FRANCE_TRAVAIL,
    }


def event_rows(now: datetime) -> list[dict[str, str]]:
    """The lines of « hub events import » for both sites: the events of the fortnight that have not begun."""
    rows: list[dict[str, str]] = []
    for site in SITES.values():
        local = now.astimezone(ZoneInfo(site.zone)).replace(tzinfo=None)
        for day in fortnight(site, local.date()):
            for event in events_of_day(day):
                if datetime.combine(day, event.starts) > local:
                    rows.append(_event_row(site, day, event))
    return rows


def _event_row(site: DemoSite, day: date, event: DemoEvent) -> dict[str, str]:
    return {
        "référence": f"DEMO-{day:%Y%m%d}-{event.starts:%H%M}-{event.weekday}{event.week_parity}",
        "site": site.site_id,
        "titre": event.title,
        "thème": event.theme,
        "résumé": event.summary,
        "date": f"{day:%d/%m/%Y}",
        "début": f"{event.starts:%H:%M}",
        "durée": str(event.minutes),
        "lieu": site.name.partition(" (")[0],
        "accès": event.access,
        "inscription": event.sign_up,
        "organisateur": event.organiser,
        "places": "" if event.seats is None else str(event.seats),
        "places restantes": "" if event.seats is None else str(seats_left(event, day)),
        "source": SOURCE,
        "places à distance": "" if event.remote_seats is None else str(event.remote_seats),
        "places à distance restantes": "" if event.remote_seats is None else str(remote_seats_left(event, day)),
    }


def seats_left(event: DemoEvent, day: date) -> int:
    """How many seats the demonstration shows as left: some, and once in a while none."""
    assert event.seats is not None
    return (day.toordinal() * 7 + len(event.title)) % (event.seats + 1)


def remote_seats_left(event: DemoEvent, day: date) -> int:
    """How many seats from afar are shown as left: half of them at least, so that a terminal has some to promise."""
    assert event.remote_seats is not None
    half = event.remote_seats // 2
    return half + (day.toordinal() * 5 + len(event.title)) % (half + 1)


def to_csv(rows: Sequence[Mapping[str, str]]) -> str:
    """Rows with the same keys as CSV, as a French spreadsheet saves it (``;``)."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
