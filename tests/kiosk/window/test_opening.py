"""Where a window may go: the rule alone, without a browser."""

from __future__ import annotations

import pytest

from kiosk.window.opening import Rule

RULE = Rule((".francetravail.fr", "app.franceconnect.gouv.fr"), ("app.franceconnect.gouv.fr",))


@pytest.mark.parametrize(
    "url",
    [
        "https://francetravail.fr", "https://www.francetravail.fr/a?b=c#d", "https://candidat.francetravail.fr:443/",
        "https://app.franceconnect.gouv.fr/api",
    ],
)  # fmt: skip
def test_hosts_of_the_content_are_allowed(url: str) -> None:
    assert RULE.allows(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://www.francetravail.fr/", "https://francetravail.fr.example.org/", "https://mauvaisfrancetravail.fr/",
        "https://franceconnect.gouv.fr/", "https://x.app.franceconnect.gouv.fr/", "https://www.francetravail.fr:8443/",
        "https://moi:secret@www.francetravail.fr/", "https://www.francetravail.fr@example.org/", "file:///etc/passwd",
        "chrome://settings", "view-source:https://www.francetravail.fr", "javascript:alert(1)", "data:text/html,x",
        "https://example.org\\@www.francetravail.fr/", "https://www.francetravail.fr:x/", "https://[::1", "",
    ],
)  # fmt: skip
def test_everything_else_is_not(url: str) -> None:
    assert not RULE.allows(url)


def test_the_place_is_said_in_words_and_cameras_are_for_their_hosts() -> None:
    assert RULE.words("https://candidat.francetravail.fr/x") == "francetravail.fr"
    assert RULE.words("https://example.org/") == ""
    assert RULE.camera("https://app.franceconnect.gouv.fr/")
    assert not RULE.camera("https://www.francetravail.fr/")
