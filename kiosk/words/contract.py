"""Sentences around the contrat d’engagement and around « Possible ici, ou ailleurs ».

The texts themselves are content (content/packs): here are only the signs of the frame around them.
Nothing here asks for consent, and no word may be read as a signature.
"""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "contract.section": {"fr": "Le contrat d’engagement"},
    "contract.simple": {"fr": "Français simple"},
    "contract.simple_on": {"fr": "Français simple : activé"},
    "contract.simple_off": {"fr": "Français simple : désactivé"},
    "contract.not_understood": {"fr": "Je n’ai pas compris"},
    "contract.finish": {"fr": "J’ai fini de lire"},
    "contract.no_signature": {
        "fr": "Vous lisez, c’est tout. Aucun bouton ici ne signe rien.",
        "fr-simple": "Ici, vous lisez. Vous ne signez rien.",
    },
    "contract.example": {"fr": "Un exemple"},
    "contract.example_week": {"fr": "Un exemple de semaine"},
    "contract.missing.title": {"fr": "Ces pages ne sont pas encore sur cette borne"},
    "contract.missing.more": {"fr": "Demandez à l’accueil, ou appelez le 3949."},
    "contract.more_text": {"fr": "Suite du texte"},
    "contract.part": {"fr": "Partie {part} sur {parts}"},
    # « Suis-je concerné ? »
    "concerned.title": {"fr": "Suis-je concerné par le contrat ?", "fr-simple": "Le contrat est pour moi ?"},
    "concerned.registered": {
        "fr": "Êtes-vous inscrit à France Travail ?",
        "fr-simple": "Vous êtes inscrit à France Travail ?",
    },
    "concerned.registered.why": {
        "fr": "Avec le RSA, la mission locale ou Cap emploi, l’inscription est souvent faite pour vous.",
        "fr-simple": "Avec le RSA, l’inscription est souvent déjà faite.",
    },
    "concerned.registered.yes": {"fr": "Oui"},
    "concerned.registered.no": {"fr": "Non"},
    "concerned.registered.unknown": {"fr": "Je ne sais pas"},
    "concerned.rsa": {
        "fr": "Recevez-vous le RSA, ou l’avez-vous demandé ?",
        "fr-simple": "Vous avez le RSA, ou vous l’avez demandé ?",
    },
    "concerned.rsa.why": {
        "fr": "Pourquoi cette question ? Certaines personnes au RSA n’ont pas à signer.",
        "fr-simple": "Avec le RSA, certaines personnes ne signent pas.",
    },
    "concerned.rsa.yes": {"fr": "Oui"},
    "concerned.rsa.no": {"fr": "Non"},
    "concerned.rsa.rather_not": {"fr": "Je préfère ne pas répondre"},
    "concerned.signed": {
        "fr": "Avez-vous déjà signé un contrat d’engagement ?",
        "fr-simple": "Vous avez déjà signé un contrat d’engagement ?",
    },
    "concerned.signed.why": {"fr": "Sur papier, ou en ligne avec votre conseiller."},
    "concerned.signed.yes": {"fr": "Oui"},
    "concerned.signed.no": {"fr": "Non"},
    "concerned.signed.unknown": {"fr": "Je ne sais pas"},
    "concerned.before": {
        "fr": "Étiez-vous déjà inscrit avant le 1er janvier 2025 ?",
        "fr-simple": "Vous étiez déjà inscrit avant 2025 ?",
    },
    "concerned.before.why": {
        "fr": "La loi a changé ce jour-là. Le délai n’est pas le même.",
        "fr-simple": "La loi a changé en 2025.",
    },
    "concerned.before.yes": {"fr": "Oui"},
    "concerned.before.no": {"fr": "Non"},
    "concerned.before.unknown": {"fr": "Je ne sais pas"},
    "possible.section": {"fr": "Possible ici, ou ailleurs"},
    "possible.title": {"fr": "Ce qu’on peut faire ici, ou ailleurs"},
    "possible.choose": {"fr": "Touchez votre question."},
    "possible.answer": {"fr": "La réponse"},
    "possible.all": {"fr": "Toutes les questions"},
}
