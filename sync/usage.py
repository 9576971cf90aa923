"""The words of the command line's own help and refusals, in French.

click ships English only and looks its words up through names that each of its modules imports from
``gettext``. A compiled catalogue would need a binary file and the caller's locale; this table needs
neither, and ``speak_french`` gives it to click before the first command is declared.
"""

from __future__ import annotations

import click

FRENCH = {
    "Usage:": "Usage :",
    "Options": "Options",
    "Commands": "Commandes",
    "Positional arguments": "Arguments",
    "Show this message and exit.": "Afficher cette aide.",
    "Show the version and exit.": "Afficher la version.",
    "Error: {message}": "Erreur : {message}",
    "Aborted!": "Interrompu.",
    "Try '{command} {option}' for help.": "Aide : {command} {option}",
    "Missing command.": "Il manque une commande.",
    "Missing argument": "Il manque l’argument",
    "Missing option": "Il manque l’option",
    "Missing parameter": "Il manque le paramètre",
    "Missing parameter: {param_name}": "Il manque le paramètre {param_name}",
    "Missing {param_type}": "Il manque {param_type}",
    "No such option {name!r}.": "L’option « {name} » n’existe pas.",
    "No such command {name!r}.": "La commande « {name} » n’existe pas.",
    "Did you mean {possibility}?": "Vouliez-vous dire {possibility} ?",
    "(Did you mean one of: {possibilities}?)": "(Vouliez-vous dire : {possibilities} ?)",
    "Invalid value: {message}": "Valeur refusée : {message}",
    "Invalid value for {param_hint}: {message}": "Valeur refusée pour {param_hint} : {message}",
    "Could not open file {filename!r}: {message}": "Le fichier « {filename} » ne s’ouvre pas : {message}",
    "Got unexpected extra argument ({args})": "Cet argument est de trop : {args}",
    "Got unexpected extra arguments ({args})": "Ces arguments sont de trop : {args}",
    "Option {name!r} does not take a value.": "L’option « {name} » ne prend pas de valeur.",
    "Option {name!r} requires an argument.": "L’option « {name} » demande une valeur.",
    "Option {name!r} requires {nargs} arguments.": "L’option « {name} » demande {nargs} valeurs.",
    "Argument {name!r} takes {nargs} values.": "L’argument « {name} » demande {nargs} valeurs.",
    "Takes {nargs} values but 1 was given.": "Il faut {nargs} valeurs, une seule est donnée.",
    "Takes {nargs} values but {len} were given.": "Il faut {nargs} valeurs, {len} sont données.",
    "Choose from:\n\t{choices}": "Choisissez parmi :\n\t{choices}",
    "{value!r} is not {choice}.": "« {value} » n’est pas {choice}.",
    "{value!r} is not one of {choices}.": "« {value} » n’est pas dans la liste : {choices}.",
    "{value} is not in the range {range}.": "{value} est hors des bornes {range}.",
    "{value!r} is not a valid {number_type}.": "« {value} » n’est pas un nombre de la forme attendue ({number_type}).",
    "{value!r} is not a valid boolean. Recognized values: {states}": "« {value} » n’est ni oui ni non : {states}",
    "{value!r} does not match the format {format}.": "« {value} » n’a pas la forme {format}.",
    "{value!r} does not match the formats {formats}.": "« {value} » n’a aucune des formes {formats}.",
    "{name} {filename!r} does not exist.": "{name} « {filename} » n’existe pas.",
    "{name} {filename!r} is a file.": "{name} « {filename} » est un fichier.",
    "{name} {filename!r} is a directory.": "{name} « {filename} » est un dossier.",
    "{name} {filename!r} is not readable.": "{name} « {filename} » n’est pas lisible.",
    "{name} {filename!r} is not writable.": "{name} « {filename} » n’est pas modifiable.",
    "{name} {filename!r} is not executable.": "{name} « {filename} » n’est pas exécutable.",
    "file": "fichier",
    "directory": "dossier",
    "path": "chemin",
    "default: {default}": "par défaut : {default}",
    "(dynamic)": "(calculé)",
    "env var: {var}": "variable : {var}",
    "required": "obligatoire",
    "deprecated": "abandonné",
    "unknown error": "erreur inconnue",
    "Do you want to continue?": "Voulez-vous continuer ?",
    "Confirm the action without prompting.": "Confirmer sans poser la question.",
    "Repeat for confirmation": "Répétez pour confirmer",
    "Error: The two entered values do not match.": "Erreur : les deux saisies diffèrent.",
    "Error: invalid input": "Erreur : saisie refusée",
    "Press any key to continue...": "Appuyez sur une touche pour continuer…",
}
MODULES = ("core", "decorators", "exceptions", "formatting", "parser", "termui", "types")


def translate(text: str) -> str:
    """The French words, or the text itself where the table has none."""
    return FRENCH.get(text, text)


def translate_plural(one: str, several: str, count: int) -> str:
    """The French words for ``count`` things: in French, zero and one are singular."""
    return translate(one if count < 2 else several)


def speak_french() -> None:
    """Gives the table to every module of click that shows words."""
    for name in MODULES:
        module = getattr(click, name)
        if hasattr(module, "_"):
            module._ = translate
        if hasattr(module, "ngettext"):
            module.ngettext = translate_plural
