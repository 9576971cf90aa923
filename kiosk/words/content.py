"""Around the texts of the content in another language than French: whether they may be shown, and who has read them.

The texts themselves are content (content/packs). The French has the last word, and every language says so.
"""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "content.withheld.unreviewed": {"fr": "Ce texte de loi n’est pas encore relu dans votre langue."},
    "content.withheld.stale": {"fr": "La traduction de ce texte n’est plus à jour."},
    "content.withheld.missing": {"fr": "Ce texte n’est pas encore traduit dans votre langue."},
    "content.withheld.more": {"fr": "Le voici en français simple. Demandez à l’accueil."},
    "content.unreviewed": {"fr": "Traduction non relue. Seule la version française fait foi."},
    "content.reviewed": {"fr": "Traduction relue par {name} le {day}. Seule la version française fait foi."},
    "content.as_of": {"fr": "Texte à jour au {day}, version {version}."},
}
