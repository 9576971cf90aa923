"""Screens made of our parts for tests and screenshots: a question with its keyboard, a set of answers, the notices."""

from typing import Any

import flet as ft

from kiosk.entry import Entry, EntryKind
from kiosk.parts.choices import choice_card
from kiosk.parts.controls import icon, notice, paragraph, quiet_button
from kiosk.parts.field import field
from kiosk.parts.frame import Primary, Progress, around, screen
from kiosk.parts.hooks import use_kept, use_topics
from kiosk.parts.keyboard import keyboard
from kiosk.visit import Visit

TYPED: dict[str, Entry] = {}


def question(kind: EntryKind, error: str | None = None, value: str = "") -> Any:
    """A component that asks one question; its `Entry` is kept in `TYPED[kind]`."""

    @ft.component
    def Question(visit: Visit, actions: Any) -> ft.Control:
        use_topics(visit, "look")
        entry = use_kept(lambda: TYPED.setdefault(kind, Entry(kind, value)))
        wrong, set_wrong = ft.use_state(error)
        shown = screen(
            visit,
            title="Quel est votre nom de\u00a0naissance\u00a0?",
            lead="C’est le nom écrit sur votre acte de naissance.",
            body=[
                field(visit, entry, "Nom de naissance", error=wrong, hideable=True),
                ft.Row(
                    [
                        icon(visit, "info", 34),
                        paragraph(visit, "Pourquoi\u00a0? Pour retrouver votre dossier.", soft=True),
                    ]
                ),
                ft.Row(
                    [
                        quiet_button(visit, "Je n’ai qu’un seul nom", lambda: None, icon_name="user", expand=True),
                        quiet_button(
                            visit, "Répondre avec l’accueil", lambda: None, icon_name="hand-waving", expand=True
                        ),
                    ],
                    spacing=20,
                ),
            ],
            primary=Primary("Continuer", lambda: set_wrong("Il manque 3 chiffres.")),
            back=lambda: None,
            progress=Progress("Votre identité", 2, 9),
            keyboard=keyboard(visit, entry),
        )
        return around(visit, shown)

    return Question


@ft.component
def Answers(visit: Visit, actions: Any) -> ft.Control:
    """Four answers, one chosen, and the notices."""
    use_topics(visit, "look")
    chosen, choose = ft.use_state("a")

    def card(name: str, title: str, detail: str, pictogram: str) -> ft.Control:
        return choice_card(
            visit, title, lambda: choose(name), selected=chosen == name, detail=detail, pictogram=pictogram, height=320,
            several=True,
        )  # fmt: skip

    shown = screen(
        visit,
        title="Aujourd’hui, que faites-vous\u00a0?",
        lead="Touchez une image.",
        body=[
            ft.Row(
                [
                    card("a", "Je ne travaille pas", "Je cherche un travail", "cherche"),
                    card("b", "Je travaille", "Même quelques heures", "travaille"),
                ],
                spacing=24,
            ),
            notice(visit, "sure", "Envoyé à 10\u00a0h\u00a042.", "Reçu par le service."),
            notice(visit, "wait", "Sera envoyé dès le retour du réseau.", "Gardé ici, fermé à clé."),
            notice(visit, "fault", "Le papier n’est pas sorti.", "Notez le code, ou appelez l’accueil."),
        ],
        primary=Primary("Choisissez d’abord une heure", None),
        back=lambda: None,
        progress=Progress("Votre situation", 5, 9),
    )
    return around(visit, shown)
