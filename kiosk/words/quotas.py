"""Sentences of an event that is given on site and from afar: what is left of each, where one takes part.

A key that begins with ``afar.`` and goes on with another key is that sentence for a seat for which nobody comes
(``kiosk.models.subject``).
"""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "events.part.on_site": {"fr": "Sur place : {state}"},
    "events.part.afar": {"fr": "À distance : {state}"},
    "events.also_afar": {"fr": "Aussi à distance"},
    "events.detail.or_afar": {"fr": "ou à distance"},
    "events.where.sign_up": {"fr": "Choisir : sur place ou à distance"},
    "events.where.title": {"fr": "Comment voulez-vous participer ?"},
    "events.where.choose": {"fr": "Choisissez d’abord une réponse"},
    "events.where.on_site": {"fr": "Sur place"},
    "events.where.afar": {"fr": "À distance"},
    "events.where.come": {"fr": "Vous venez : {place}"},
    "events.where.stay": {"fr": "Vous suivez sur un écran, sans venir"},
    "events.where.on_site_place": {"fr": "Sur place : {place}"},
    "events.where.only.on_site": {"fr": "Ici, les places sont seulement pour venir sur place."},
    "events.where.only.afar": {"fr": "Ici, les places sont seulement pour suivre à distance."},
    # The slip and the answer of a seat from afar
    "afar.booking.answer.guaranteed": {
        "fr": "La place est à vous, même sans réseau. C’est à distance : vous n’avez pas à venir.",
        "fr-simple": "La place est à vous. C’est à distance : vous ne venez pas.",
    },
    "afar.booking.answer.confirmed": {
        "fr": "La place est à vous. C’est à distance : vous n’avez pas à venir.",
        "fr-simple": "La place est à vous. C’est à distance : vous ne venez pas.",
    },
    "afar.booking.answer.confirmed_at": {
        "fr": "Réponse reçue {moment}. La place est à vous. C’est à distance : vous n’avez pas à venir.",
        "fr-simple": "Réponse reçue {moment}. La place est à vous. Vous ne venez pas.",
    },
    "afar.booking.answer.withdrawn": {
        "fr": "L’organisateur a retiré cette place. Demandez à l’accueil s’il y a une autre date.",
    },
    "afar.booking.slip.next_guaranteed_1": {"fr": "Demandez à l’accueil comment vous connecter."},
    "afar.booking.slip.next_confirmed_1": {"fr": "Demandez à l’accueil comment vous connecter."},
}
