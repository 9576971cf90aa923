"""A terminal with one fault, for the tests that must be seen to fail: ``python -m …planted_terminal FAULT serve …``.

The product has no switch for any of this: the fault is put in from here, in a process of its own.

- ``bare``: what a person types is not sealed, only written in base64 where the ciphertext should be.
- ``open``: no content security policy, and the page asks another machine for a picture.
- ``kept``: every text that is typed is kept after its visit.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from sync.seal import Sealed, SealHeader
from sync.wire import SealingDocument, to_text

ELSEWHERE = "elsewhere.example"
PICTURE = f'<img alt="" src="http://{ELSEWHERE}/pixel.png">'


def bare() -> None:
    """Replaces the seal by the plain answers."""
    from sync.replica import store  # noqa: PLC0415 - only this fault touches the replica

    def unsealed(document: SealingDocument, kind: str, site_id: str, record_id: str, answers: dict[str, Any]) -> Sealed:
        header = SealHeader(suite=document.suite, key_id=document.key_id, kind=kind, site_id=site_id, id=record_id)
        return Sealed(header=header, ciphertext=to_text(json.dumps(answers, ensure_ascii=False).encode()))

    setattr(store, "seal", unsealed)  # noqa: B010 - not a name that the module gives away


def open_page() -> None:
    """Takes the policy away and plants a picture from elsewhere in the page."""
    from kiosk.web import assets, host  # noqa: PLC0415 - only this fault touches the web host

    own_page = assets.index_page
    host.content_security_policy = lambda port: "default-src * 'unsafe-inline' 'unsafe-eval' data: blob:"
    assets.index_page = lambda page: own_page(page).replace("</body>", f"{PICTURE}</body>")


KEPT: list[str] = []


def kept() -> None:
    """Keeps what fields are told."""
    from kiosk.entry import Entry  # noqa: PLC0415 - only this fault touches the fields

    typed = Entry.typed

    def keeping(self: Entry, value: str) -> None:
        KEPT.append(value)
        typed(self, value)

    Entry.typed = keeping  # type: ignore[method-assign]


FAULTS = {"bare": bare, "open": open_page, "kept": kept}


def main() -> None:
    """Plants the fault, then is the ``point-contact terminal`` command."""
    FAULTS[sys.argv.pop(1)]()
    from kiosk.command import terminal  # noqa: PLC0415 - after the fault

    terminal.main(prog_name="point-contact terminal")


if __name__ == "__main__":
    main()
