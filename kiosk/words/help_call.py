"""Sentences of a call for help, and of the one tap at the end of a visit.

No sentence here says that somebody comes, but the one that is shown when a named person said so.
"""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "call.ask": {"fr": "Appeler de l’aide, ici"},
    "call.how": {
        "fr": "La borne sonne, et l’écran demande de l’aide en grand. Ce que vous avez écrit reste gardé.",
        "fr-simple": "La borne sonne. L’écran demande de l’aide. Vos réponses restent là.",
    },
    "call.go": {"fr": "Vous pouvez aussi aller à l’accueil."},
    "call.asks": {"fr": "Cette personne demande de l’aide"},
    "call.terminal": {"fr": "Borne {number}"},
    "call.unanswered": {"fr": "Personne n’a encore répondu.", "fr-simple": "Pas encore de réponse."},
    "call.seen": {"fr": "Votre appel est vu depuis {hour}.", "fr-simple": "On a vu votre appel à {hour}."},
    "call.coming": {
        "fr": "Quelqu’un arrive. Une personne l’a dit à {hour}.",
        "fr-simple": "Quelqu’un arrive. On l’a dit à {hour}.",
    },
    "call.meanwhile": {
        "fr": "Restez près de l’écran. Vos réponses sont gardées {duration}, puis effacées.",
        "fr-simple": "Restez ici. Vos réponses restent {duration}. Après, elles sont effacées.",
    },
    "call.found": {"fr": "J’ai trouvé quelqu’un"},
    "call.cancel": {"fr": "Annuler l’appel"},
    "call.ring": {"fr": "Sonner encore"},
    "opinion.title": {"fr": "Comment s’est passée votre visite ?", "fr-simple": "La borne, c’était comment ?"},
    "opinion.good": {"fr": "Bien"},
    "opinion.fair": {"fr": "Moyen"},
    "opinion.poor": {"fr": "Pas bien"},
    "opinion.skip": {"fr": "Passer"},
    "opinion.anonymous": {
        "fr": "Sans nom. On compte seulement les réponses.",
        "fr-simple": "Pas de nom. On compte les réponses.",
    },
    "opinion.leaving": {
        "fr": "Sans réponse, l’écran revient tout seul au début.",
        "fr-simple": "Sans réponse, l’écran revient au début.",
    },
}
