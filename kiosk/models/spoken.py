"""What is read aloud: a text, made of what stands on the screen. Pure; ``kiosk.speech`` makes it sound.

A code is spelled slowly, twice, each letter with a first name that every French speaker knows from the telephone.
"""

from __future__ import annotations

from collections.abc import Iterable

from kiosk.models.registration_recap import RecapLine
from kiosk.wording import say

NAMES = {
    "A": "Anatole", "B": "Berthe", "C": "Célestin", "D": "Désiré", "E": "Eugène", "F": "François", "G": "Gaston",
    "H": "Henri", "J": "Joseph", "K": "Kléber", "M": "Marcel", "N": "Nicolas", "P": "Pierre", "Q": "Quintal",
    "R": "Raoul", "S": "Suzanne", "T": "Thérèse", "V": "Victor", "W": "William", "X": "Xavier", "Y": "Yvonne",
    "Z": "Zoé",
}  # fmt: skip
"""The French telephone alphabet, for the letters that a reference may hold (``sync.claim.ALPHABET``)."""


def spelled(reference: str, language: str) -> str:
    """A reference (``K7F M2Q XPAB``) as it is read out: group by group, then once more."""
    groups = reference.replace("\u00a0", " ").split()
    lines = [say("spoken.code", language, count=len(groups)), *_groups(groups, language)]
    return "\n".join([*lines, say("spoken.again", language), *_groups(groups, language), say("spoken.end", language)])


def recap_aloud(lines: Iterable[RecapLine], language: str) -> str:
    """Every answer with its question, then the sentence that never leaves."""
    answers = [
        say("spoken.answer", language, label=line.label, value=line.value.replace(" ; ", ", ")) for line in lines
    ]
    mandatory = [say("reg.mandatory", language), say("reg.mandatory_more", language)]
    return "\n".join([say("spoken.recap", language), *answers, *mandatory])


def _groups(groups: list[str], language: str) -> list[str]:
    found = []
    for number, group in enumerate(groups, start=1):
        found.append(say("spoken.group", language, number=number))
        for letter in group:
            if letter in NAMES:
                found.append(say("spoken.letter", language, letter=letter, name=NAMES[letter]))
            else:
                found.append(say("spoken.digit", language, digit=letter))
    return found
