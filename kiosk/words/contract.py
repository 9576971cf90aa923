"""Sentences around the contrat d’engagement and around « Possible ici, ou ailleurs ».

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
    "possible.section": {"fr": "Possible ici, ou ailleurs"},
    "possible.title": {"fr": "Ce qu’on peut faire ici, ou ailleurs"},
    "possible.choose": {"fr": "Touchez votre question."},
    "possible.answer": {"fr": "La réponse"},
    "possible.all": {"fr": "Toutes les questions"},
}
