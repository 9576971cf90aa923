"""Brings kiosk/translations up to date with the French of kiosk/words: ``PYTHONPATH=. python packaging/...``.

A sentence that is new comes in empty; one whose French has changed keeps its old translation, marked ``fuzzy``, with
the French that it was made from: it is not said until a translator has looked and removed the mark (the kiosk says the
French meanwhile). A sentence that is no more leaves. Prints what is left to do, by language; exit status 1 with any.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from kiosk.translations import FOLDER, TRANSLATED, read
from kiosk.wording import words

UNFOLDED = 0
"""Lines are not folded: what a fuzzy translation was made from must be read back whole."""
NEVER = datetime(2026, 11, 23, tzinfo=UTC)
"""The same date in every file and at every run: what changes in a catalogue is what somebody translated."""
MADE_FROM = "made from: "
"""Before the French that a fuzzy translation was made from, as a comment: ``babel`` reads no ``#|`` of gettext."""
HEADER = """\
# Point Contact, the words of the kiosk. Each message bears its key (msgctxt); its French is the source (msgid).
# How they are kept up to date: packaging/update_translations.py."""


def updated(language: str) -> Catalog:
    """The catalogue of a language with exactly the present French: what was translated of it, or fuzzy, or empty."""
    try:
        before = read(language)
    except FileNotFoundError:
        before = Catalog(locale=language)
    of_key = {str(message.context): message for message in before if message.id}
    after = Catalog(locale=language, project="point-contact", version="1", msgid_bugs_address="",
                    language_team=language, header_comment=HEADER, creation_date=NEVER,
                    revision_date=NEVER, last_translator=before.last_translator, fuzzy=False)  # fmt: skip
    for key, variants in words().items():
        french, kept = variants["fr"], of_key.get(key)
        comments = [variants["fr-simple"]] if "fr-simple" in variants else []
        if kept is None or not kept.string:
            after.add(french, "", context=key, auto_comments=comments)
            continue
        told = [one for one in kept.user_comments if one.startswith(MADE_FROM)]
        notes = [one for one in kept.user_comments if one not in told]
        made_from = (told if kept.fuzzy else []) or ([f"{MADE_FROM}{kept.id}"] if kept.id != french else [])
        after.add(
            french, kept.string, context=key, flags={"fuzzy"} if made_from or kept.fuzzy else set(),
            auto_comments=comments, user_comments=[*notes, *made_from],
        )  # fmt: skip
    return after


def main() -> int:
    """Writes every catalogue anew. Returns the exit status."""
    left = 0
    for language in TRANSLATED:
        catalog = updated(language)
        with (FOLDER / f"{language}.po").open("wb") as file:
            write_po(file, catalog, width=UNFOLDED, sort_output=False, ignore_obsolete=True)
        todo = [str(message.context) for message in catalog if message.id and (message.fuzzy or not message.string)]
        left += len(todo)
        print(f"{language}: {len(todo)} of {len(words())} to translate or look at again {' '.join(todo[:5])}".rstrip())
    return int(left > 0)


if __name__ == "__main__":
    sys.exit(main())
