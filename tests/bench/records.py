"""The records that every side carries: deterministic, of about 600 bytes of compact JSON each.

They look like what a counter writes down (names, addresses, free words), so that compression finds in them what it
would find in real ones. Nobody in them is real.
"""

from __future__ import annotations

import json
import random
import sys
import uuid


def words(text: str, between: str | None = None) -> tuple[str, ...]:
    """The words of a text, or what lies between its separators."""
    return tuple(text.split(between))


LAST = words(
    "Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau Laurent Simon Michel Lefebvre Leroy Roux David "
    "Bertrand Morel Fournier Girard Bonnet Dupont Lambert Fontaine Rousseau Vincent Muller Lefevre Faure Andre Mercier "
    "Blanc Guerin Boyer Garnier Chevalier Francois Legrand Gauthier Garcia Perrin Robin Clement Morin Nicolas Henry "
    "Diallo Traoré Benali Nguyen Da-Silva Fernandes Kaya Haddad Cissé Belkacem Le-Goff Étienne Hébert"
)
FIRST = words(
    "Camille Léa Manon Chloé Emma Inès Jade Louise Alice Sarah Hugo Lucas Nathan Enzo Louis Gabriel Jules Arthur "
    "Mohamed Yanis Fatima Aïcha Mamadou Ana Joao Mehmet Zoé Noémie Benoît Stéphane Hélène François René Thérèse "
    "Aurélie Sébastien Céline Mickaël Loïc Gaëlle"
)
STREETS = words(
    "rue de la République;avenue Jean-Jaurès;impasse des Lilas;chemin du Moulin;boulevard Gambetta;place de l'Église;"
    "rue Victor-Hugo;allée des Tilleuls;route de Paris;rue du 8-Mai-1945;lieu-dit Le Bourg;quai de la Loire",
    between=";",
)
CITIES = (
    ("58000", "Nevers"), ("23000", "Guéret"), ("48000", "Mende"), ("15000", "Aurillac"), ("52000", "Chaumont"),
    ("08000", "Charleville-Mézières"), ("36000", "Châteauroux"), ("02000", "Laon"), ("88000", "Épinal"),
    ("70000", "Vesoul"), ("32000", "Auch"), ("09000", "Foix"), ("97400", "Saint-Denis"), ("973", "Cayenne"),
)  # fmt: skip
WORDS = words(
    "recherche emploi logistique caces mobilité permis garde enfant horaires temps partiel reconversion formation "
    "numérique aide dossier actualisation attestation rendez-vous conseiller visio atelier CV lettre motivation "
    "santé logement saisonnier agricole aide-soignante maçon serveur cuisine ménage intérim alternance contrat "
    "engagement réciproque quinze heures accompagnement bilan compétences langue française illettrisme scanner "
    "imprimante borne connexion mot de passe oublié retour mairie bus covoiturage mercredi matin"
)
SEED = 1

Record = dict[str, str | bool]


def record(draw: random.Random) -> Record:
    """The next record: 20 fields, ``id`` among them."""
    last, first = draw.choice(LAST), draw.choice(FIRST)
    postcode, city = draw.choice(CITIES)
    stamp = (
        f"2026-{draw.randint(1, 11):02}-{draw.randint(1, 28):02}T{draw.randint(8, 17):02}:{draw.randint(0, 59):02}:"
        f"{draw.randint(0, 59):02}.{draw.randint(0, 999):03}Z"
    )
    return {
        "id": str(uuid.UUID(int=draw.getrandbits(128), version=4)),
        "civility": draw.choice(("mme", "m", "")),
        "last_name": last,
        "first_name": first,
        "birth_date": f"{draw.randint(1958, 2009)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}",
        "email": f"{first.lower()}.{last.lower()}{draw.randint(1, 9999)}@"
        + draw.choice(("exemple.fr", "courriel.example", "poste.example")),
        "phone": f"0{draw.choice((6, 7, 1, 2))}{draw.randint(0, 99999999):08}",
        "address": f"{draw.randint(1, 180)} {draw.choice(STREETS)}",
        "postcode": postcode,
        "city": city,
        "ft_id": f"{draw.randint(0, 9999999):07}{draw.choice('ABCDEFGHJK')}",
        "purpose": " ".join(draw.choices(WORDS, k=draw.randint(3, 7))),
        "notes": " ".join(draw.choices(WORDS, k=draw.randint(4, 14))),
        "consent": draw.random() < 0.95,
        "language": draw.choice(("fr", "fr", "fr", "fr", "en", "ar", "pt", "tr", "ps")),
        "status": draw.choice(("new", "new", "new", "called", "done")),
        "site_id": f"site-{draw.randint(1, 40):03}",
        "terminal_id": f"term-{draw.randint(1, 90):04}",
        "created_at": stamp,
        "updated_at": stamp,
    }


def records(count: int, seed: int = SEED) -> list[Record]:
    """The first ``count`` records of a seed; the same ones on every machine."""
    draw = random.Random(seed)
    return [record(draw) for _ in range(count)]


if __name__ == "__main__":
    print(json.dumps(records(int(sys.argv[1])), ensure_ascii=True))
