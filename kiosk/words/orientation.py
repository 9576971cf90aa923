"""Sentences of « Qui m’accompagne ? ». What each organisation may do is content, not these words."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "who.title": {"fr": "Qui m’accompagne ?"},
    "who.indicative": {
        "fr": "Une indication, pas une décision. Vos réponses s’effacent à la fin.",
        "fr-simple": "Ce n’est pas une décision. Rien n’est gardé.",
    },
    "who.before": {"fr": "Votre réponse d’avant"},
    "who.again": {"fr": "Recommencer"},
    "who.followed": {
        "fr": "Un organisme vous suit-il déjà ?",
        "fr-simple": "Quelqu’un vous suit déjà ?",
    },
    "who.followed.why": {"fr": "France Travail, la mission locale, Cap emploi, le département…"},
    "who.followed.yes": {"fr": "Oui"},
    "who.followed.no": {"fr": "Non"},
    "who.followed.unknown": {"fr": "Je ne sais pas"},
    "who.rsa": {
        "fr": "Recevez-vous le RSA, ou l’avez-vous demandé ?",
        "fr-simple": "Vous avez le RSA, ou vous l’avez demandé ?",
    },
    "who.rsa.why": {"fr": "Le revenu de solidarité active, versé par la CAF ou la MSA."},
    "who.rsa.yes": {"fr": "Oui"},
    "who.rsa.no": {"fr": "Non"},
    "who.rsa.rather_not": {"fr": "Je préfère ne pas répondre"},
    "who.young": {"fr": "Avez-vous entre 16 et 25 ans ?", "fr-simple": "Vous avez entre 16 et 25 ans ?"},
    "who.young.why": {"fr": "Jusqu’à la veille de vos 26 ans."},
    "who.young.yes": {"fr": "Oui"},
    "who.young.no": {"fr": "Non"},
    "who.local_mission": {
        "fr": "Voulez-vous être accompagné par la mission locale ?",
        "fr-simple": "Vous voulez la mission locale ?",
    },
    "who.local_mission.why": {"fr": "Elle aide les jeunes : emploi, formation, logement, santé."},
    "who.local_mission.yes": {"fr": "Oui"},
    "who.local_mission.no": {"fr": "Non"},
    "who.cap_emploi": {
        "fr": "Voulez-vous être accompagné par Cap emploi ?",
        "fr-simple": "Vous voulez Cap emploi ?",
    },
    "who.cap_emploi.why": {
        "fr": "Pour les personnes dont le handicap est reconnu. Vous n’êtes pas obligé de répondre.",
        "fr-simple": "Pour les personnes qui ont un handicap reconnu. Vous pouvez ne pas répondre.",
    },
    "who.cap_emploi.yes": {"fr": "Oui"},
    "who.cap_emploi.no": {"fr": "Non"},
    "who.cap_emploi.rather_not": {"fr": "Je préfère ne pas répondre"},
}
