"""Sentences of the notice board. It is read from afar, in passing: few words."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "board.then": {"fr": "Ensuite"},
    "board.events": {"fr": "Événements et ateliers"},
    "board.no_event": {"fr": "Aucun événement annoncé"},
    "board.no_event_more": {"fr": "Demandez à l’accueil ce qui est prévu."},
    "board.places": {"fr": "{count} places"},
    "board.offers": {"fr": "Offres d’emploi près d’ici"},
    "board.sign_up": {"fr": "Pour réserver une place : la borne, ou l’accueil."},
    "board.open": {"fr": "Accueil : {hours}"},
    "board.informed": {"fr": "Informations : {moment}"},
    "board.informed_old": {"fr": "Informations anciennes ({moment}) : vérifiez à l’accueil"},
    "board.not_informed": {"fr": "Pas encore d’informations"},
}
