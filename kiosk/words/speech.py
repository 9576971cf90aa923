"""The words of « Écouter »: what is read aloud, how loud, and what is said where nothing can be."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "speech.listen": {"fr": "Écouter"},
    "speech.stop": {"fr": "Arrêter"},
    "speech.softer": {"fr": "Moins fort"},
    "speech.louder": {"fr": "Plus fort"},
    "speech.listen_to": {"fr": "Écouter\u00a0: {words}"},
    "speech.button": {"fr": "Bouton\u00a0:"},
    "speech.not_yet": {"fr": "Pas encore possible\u00a0:"},
    "speech.private": {"fr": "Ce que vous avez écrit n’est pas lu ici."},
    "speech.none.title": {"fr": "Pas de voix dans cette langue"},
    "speech.none.detail": {
        "fr": "Cette borne ne sait pas lire cette langue à voix haute. Elle peut lire en français.",
        "fr-simple": "La borne ne parle pas cette langue. Elle parle français.",
    },
    "speech.none.french": {"fr": "Écouter en français"},
    "speech.mute.title": {"fr": "Pas de voix sur cette borne"},
    "speech.mute.detail": {
        "fr": "Cette borne ne peut pas lire à voix haute. Demandez à quelqu’un de lire avec vous.",
        "fr-simple": "La borne ne parle pas. Demandez à quelqu’un de lire avec vous.",
    },
    "speech.language.ar": {"fr": "Arabe"},
    "speech.language.fa": {"fr": "Persan"},
    "speech.language.en": {"fr": "Anglais"},
    "speech.language.es": {"fr": "Espagnol"},
    "speech.language.pt": {"fr": "Portugais"},
    "speech.language.uk": {"fr": "Ukrainien"},
    "speech.language.ro": {"fr": "Roumain"},
    "speech.language.tr": {"fr": "Turc"},
    "speech.language.fr": {"fr": "Français"},
    "speech.language.fr-simple": {"fr": "Français simple"},
}
