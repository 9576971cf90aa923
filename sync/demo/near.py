"""What is near the invented sites of a demonstration: job offers and services. Nothing in it exists. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sync.demo.starter import SITES, SOURCE, event_rows, slot_rows


@dataclass(frozen=True)
class DemoOffer:
    """One invented offer; days count back from today, ``open_days`` from it on."""

    reference: str
    title: str
    employer: str
    contract: str
    length: str
    working_time: str
    pay: str
    experience: str
    summary: str
    apply: str
    published_days: int
    updated_days: int
    open_days: int | None = None
    posts: int = 1


@dataclass(frozen=True)
class DemoService:
    """One invented service; days count back from today."""

    reference: str
    name: str
    organisation: str
    needs: str
    summary: str
    phone: str
    hours: str
    conditions: str
    cost: str
    updated_days: int
    address: str = "2 place de l’Exemple"
    from_afar: bool = False
    through_a_professional: bool = False
    weekly_hours: int | None = None


OFFERS = (
    DemoOffer(
        "DEMO-001", "Aide à domicile", "Association Les Tilleuls (exemple)", "cdi", "", "24 h par semaine",
        "12,20 € brut de l’heure", "Débutant accepté",
        "Vous aidez des personnes âgées chez elles : ménage, courses, repas. Une voiture de service est prêtée. "
        "Une formation de deux jours est prévue au début.",
        "Téléphoner au 01 99 00 00 01, du lundi au vendredi.", 1, 1, posts=2,
    ),
    DemoOffer(
        "DEMO-002", "Préparateur ou préparatrice de commandes", "Logis Exemple", "interim", "3 mois",
        "35 h par semaine", "11,95 € brut de l’heure", "Débutant accepté",
        "Vous préparez des colis dans un entrepôt, debout, avec un chariot. "
        "Le matin ou l’après-midi, une semaine sur deux.",
        "Se présenter à l’agence, 4 rue de l’Exemple, avec un CV.", 2, 2,
    ),
    DemoOffer(
        "DEMO-003", "Commis ou commise de cuisine", "Auberge de l’Exemple", "cdd", "6 mois", "35 h par semaine",
        "1 850 € brut par mois", "Première expérience souhaitée",
        "Vous préparez les légumes, les entrées et les desserts. Repos le dimanche et le lundi.",
        "Écrire à l’Auberge de l’Exemple, 1 place de l’Exemple.", 6, 6, 9,
    ),
    DemoOffer(
        "DEMO-004", "Apprenti ou apprentie en boulangerie", "Boulangerie Exemple", "alternance", "2 ans", "",
        "Selon l’âge", "", "CAP boulanger, deux semaines en boulangerie, une semaine au centre de formation.",
        "Passer à la boulangerie l’après-midi.", 12, 8,
    ),
    DemoOffer(
        "DEMO-005", "Agent ou agente d’entretien", "Commune de l’Exemple", "cdd", "1 an", "20 h par semaine", "", "",
        "Vous entretenez l’école et la salle des fêtes, tôt le matin et en fin de journée.", "", 48, 41,
    ),
)  # fmt: skip
SERVICES = (
    DemoService(
        "DEMO-S1", "Location de scooters et de voitures", "Garage solidaire (exemple)", "mobilite",
        "Un scooter ou une voiture pour aller travailler ou à un entretien, pour quelques jours ou quelques mois.",
        "01 99 00 00 02", "Lundi à vendredi : 9 h – 12 h, 14 h – 17 h", "Avoir un contrat de travail ou un entretien",
        "À partir de 3 € par jour", 30, through_a_professional=True,
    ),
    DemoService(
        "DEMO-S2", "Garde d’enfants à horaires décalés", "Maison des familles (exemple)", "famille",
        "Une personne vient chez vous garder vos enfants tôt le matin, le soir ou le week-end.", "01 99 00 00 03",
        "Mardi, jeudi : 9 h – 12 h", "Enfants de moins de 12 ans", "Selon vos revenus", 12,
    ),
    DemoService(
        "DEMO-S3", "Cours de français", "Centre social de l’Exemple", "formation, droits",
        "Parler, lire et écrire le français, en petit groupe. On peut commencer toute l’année.", "01 99 00 00 04",
        "Lundi, jeudi : 14 h – 16 h", "", "Gratuit", 20, weekly_hours=4,
    ),
    DemoService(
        "DEMO-S4", "Aide pour les démarches sur internet", "France Services (exemple)", "numerique, droits",
        "Une personne vous aide : impôts, CAF, carte grise, retraite.", "01 99 00 00 05",
        "Lundi à vendredi : 9 h – 12 h", "Sans rendez-vous", "Gratuit", 5,
    ),
    DemoService(
        "DEMO-S5", "Épicerie solidaire", "Le Panier de l’Exemple", "argent",
        "Des courses à petit prix, et des ateliers de cuisine pour celles et ceux qui le veulent.", "01 99 00 00 06",
        "Mercredi, samedi : 10 h – 12 h", "Sur dossier", "10 % du prix", 230,
    ),
    DemoService(
        "DEMO-S6", "Jardin partagé", "Les Mains vertes (exemple)", "sante, emploi",
        "Cultiver ensemble, rencontrer du monde, reprendre un rythme.", "", "Mardi, vendredi : 9 h – 12 h", "",
        "Gratuit", 60, weekly_hours=6,
    ),
)  # fmt: skip


def offer_rows(now: datetime) -> list[dict[str, str]]:
    """The lines of « hub offers import » for both sites."""
    rows: list[dict[str, str]] = []
    for site in SITES.values():
        today = now.astimezone(ZoneInfo(site.zone)).date()
        for offer in OFFERS:
            last = "" if offer.open_days is None else f"{today + timedelta(days=offer.open_days):%d/%m/%Y}"
            rows.append({
                "référence": offer.reference, "site": site.site_id, "intitulé": offer.title,
                "employeur": offer.employer, "lieu": site.address.split(", ")[1], "contrat": offer.contract,
                "durée du contrat": offer.length, "temps de travail": offer.working_time, "salaire": offer.pay,
                "expérience": offer.experience, "postes": str(offer.posts), "description": offer.summary,
                "candidater": offer.apply, "fin": last, "source": SOURCE,
                "publiée le": f"{today - timedelta(days=offer.published_days):%d/%m/%Y}",
                "mise à jour": f"{today - timedelta(days=offer.updated_days):%d/%m/%Y}",
            })  # fmt: skip
    return rows


def service_rows(now: datetime) -> list[dict[str, str]]:
    """The lines of « hub directory import » for both sites."""
    rows: list[dict[str, str]] = []
    for site in SITES.values():
        today = now.astimezone(ZoneInfo(site.zone)).date()
        for service in SERVICES:
            rows.append({
                "référence": service.reference, "site": site.site_id, "nom": service.name,
                "structure": service.organisation, "besoins": service.needs, "description": service.summary,
                "adresse": service.address, "commune": site.address.split(", ")[1], "téléphone": service.phone,
                "horaires": service.hours, "conditions": service.conditions, "frais": service.cost,
                "sur place": "oui", "à distance": "oui" if service.from_afar else "non",
                "par un professionnel": "oui" if service.through_a_professional else "non",
                "heures par semaine": "" if service.weekly_hours is None else str(service.weekly_hours),
                "mise à jour": f"{today - timedelta(days=service.updated_days):%d/%m/%Y}", "source": SOURCE,
            })  # fmt: skip
    return rows


def starter_files(now: datetime) -> tuple[tuple[str, list[dict[str, str]]], ...]:
    """What is imported into the hub of a demonstration: each command's word, « hub WORD import », and its lines."""
    return (
        ("slots", slot_rows(now)),
        ("events", event_rows(now)),
        ("offers", offer_rows(now)),
        ("directory", service_rows(now)),
    )
