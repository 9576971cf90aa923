"""The steps of a prepared registration, in order: what each asks, how it is answered, when it applies. Pure.

A step is one screen with one question. Its words are ``reg.q.KEY.*`` in ``kiosk.words.registration``,
those of its choices ``reg.c.KEY.CODE``. RSA and BOE are not asked: they belong to the orientation
helper, in memory only (docs/sources.md, minimisation).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Values = Mapping[str, Any]

SECTIONS = (
    "notice", "deja", "identite", "naissance", "adresse", "joindre", "situation", "recherche", "verification",
)  # fmt: skip

NOTICE, RECAP, SLIP = "notice", "recap", "slip"
ASK = "ask"
"""Beside the answers: the lists that have to be shown, because several places fit what was typed."""
YES, NO, UNSURE = "oui", "non", "ne_sait_pas"
IN_FRANCE, ABROAD = "france", "autre"

LEVELS = ("AFS", "CP4", "CFG", "C3A", "C12", "NV5", "NV4", "NV3", "NV2", "NV1")
"""Levels of study by their codes in the exchanges of the réseau pour l'emploi, lowest first."""

LANGUAGES = (
    "fr", "en", "ar", "es", "pt", "tr", "ru", "uk", "fa", "ps", "ro", "zh", "rcf", "bn", "ti", "am", "fsl",
)  # fmt: skip
"""ISO 639 codes; ``fsl`` is the French sign language, ``rcf`` the creole of La Réunion."""


def _always(_: Values) -> bool:
    return True


@dataclass(frozen=True)
class Step:
    """One screen.

    Attributes:
        key: name of the step, and of the answer it gives unless ``answers`` says otherwise.
        section: which part of the way it belongs to.
        kind: ``notice``, ``info``, ``choice``, ``choices`` (several), ``list`` (paged), ``text``, ``date``,
            ``phone``, ``email``, ``digits``, ``places`` (a list that depends on what was typed) or ``recap``.
        skippable: a second button answers without an answer.
        codes: the choices, in order.
        applies: whether it is asked, given the answers so far.
        check: name of the check of ``kiosk.models.answers`` for a ``text`` step.
    """

    key: str
    section: str
    kind: str
    skippable: bool = False
    codes: tuple[str, ...] = ()
    applies: Callable[[Values], bool] = field(default=_always)
    check: str = "line"


def _may_be_registered(values: Values) -> bool:
    return values.get("deja_inscrit") in (YES, UNSURE)


def _born_in_france(values: Values) -> bool:
    return values.get("lieu_naissance") == IN_FRANCE


def _born_abroad(values: Values) -> bool:
    return values.get("lieu_naissance") == ABROAD


def _has_address(values: Values) -> bool:
    return bool(values.get("code_postal"))


def _asked(key: str, values: Values) -> bool:
    """A list is shown only where what was typed left several possibilities."""
    return key in values.get(ASK, ())


def _had_a_contract(values: Values) -> bool:
    return bool({"sans_emploi", "en_emploi"} & set(values.get("situation") or ()))


STEPS: tuple[Step, ...] = (
    Step(NOTICE, "notice", "notice"),
    Step("deja_inscrit", "deja", "choice", codes=(NO, YES, UNSURE)),
    Step("deja_oui", "deja", "info", applies=lambda values: values.get("deja_inscrit") == YES),
    Step("deja_doute", "deja", "info", applies=lambda values: values.get("deja_inscrit") == UNSURE),
    Step("numero_france_travail", "deja", "text", True, applies=_may_be_registered, check="ft_number"),
    Step("civilite", "identite", "choice", True, ("madame", "monsieur")),
    Step("nom_naissance", "identite", "text", check="name"),
    Step("nom_usage", "identite", "text", True, check="name"),
    Step("prenoms", "identite", "text", True, check="name"),
    Step("date_naissance", "naissance", "date"),
    Step("lieu_naissance", "naissance", "choice", True, (IN_FRANCE, ABROAD)),
    Step("pays_naissance", "naissance", "text", applies=_born_abroad),
    Step(
        "pays_choix", "naissance", "places",
        applies=lambda values: _born_abroad(values) and _asked("pays_choix", values),
    ),
    Step("commune_naissance", "naissance", "text", True, applies=_born_in_france),
    Step(
        "commune_naissance_choix", "naissance", "places",
        applies=lambda values: _born_in_france(values) and _asked("commune_naissance_choix", values),
    ),
    Step("ville_naissance", "naissance", "text", True, applies=_born_abroad),
    Step("code_postal", "adresse", "digits", True),
    Step(
        "commune", "adresse", "places",
        applies=lambda values: _has_address(values) and _asked("commune", values),
    ),
    Step("adresse", "adresse", "text", True, applies=_has_address),
    Step("telephone", "joindre", "phone", True),
    Step("courriel", "joindre", "email", True),
    Step(
        "situation", "situation", "choices", True,
        ("sans_emploi", "en_emploi", "en_formation", "jamais_travaille", "cree_entreprise", "autre"),
    ),
    Step("fin_dernier_contrat", "situation", "date", True, applies=_had_a_contract),
    Step("niveau", "situation", "list", True, LEVELS),
    Step("metier_vise", "recherche", "text", True),
    Step("disponibilite", "recherche", "choice", True, ("tout_de_suite", "un_mois", "trois_mois", "plus_tard")),
    Step("mobilite_km", "recherche", "choice", True, ("5", "10", "20", "30", "50", "100")),
    Step(
        "mobilite_moyen", "recherche", "choices", True,
        ("voiture", "transports", "deux_roues", "velo", "a_pied", "covoiturage"),
    ),
    Step("langue", "recherche", "list", False, LANGUAGES),
    Step(RECAP, "verification", "recap"),
)  # fmt: skip

ABOUT_WORK = "situation"
"""The first question about work; from there to the language of help, every one may be left."""
BY_KEY: dict[str, Step] = {step.key: step for step in STEPS}


def applicable(values: Values) -> list[Step]:
    """The steps that are asked, given these answers."""
    return [step for step in STEPS if step.applies(values)]


def section_number(step: Step) -> int:
    """Position of the step's section, from 1."""
    return SECTIONS.index(step.section) + 1
