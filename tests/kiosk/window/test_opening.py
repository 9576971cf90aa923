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


HERE = "http://127.0.0.1:8550/essai?langue=fr&texte=100&contraste=0&dixiemes=215"


def test_the_window_of_the_check_shows_that_one_page_and_nothing_else() -> None:
    rule = Rule((), check=HERE)
    assert rule.allows(HERE)
    assert rule.camera(HERE)
    assert not rule.is_call(HERE), "nobody is at the other end: an empty booth is no call"
    assert rule.is_finished(f"{HERE}#fini")
    assert not rule.is_finished(HERE)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8550/", "http://127.0.0.1:8550/essai", "http://127.0.0.1:8550/fin", f"{HERE}&x=1",
        HERE.replace("8550", "8560"), HERE.replace("127.0.0.1", "localhost"), HERE.replace("http", "https"),
        f"{HERE}#autre", HERE.replace("127.0.0.1", "moi@127.0.0.1"), "https://www.francetravail.fr/", "file:///essai",
    ],
)  # fmt: skip
def test_nothing_else_of_this_machine_is_opened_by_it(url: str) -> None:
    assert not Rule((), check=HERE).allows(url)
    assert not Rule((), check=HERE).camera(url)


@pytest.mark.parametrize(
    "check",
    [
        "http://127.0.0.1:8550/", "http://127.0.0.1:8550/healthz?a=b", "http://127.0.0.1:8550/essai/../fin?a=b",
        "http://192.168.1.1:80/essai?a=b", "https://example.org/essai?a=b", "http://127.0.0.1:8550/essai?a=b/../x",
        "http://127.0.0.1:8550@example.org/essai?a", "file:///essai?a=b", "",
    ],
)  # fmt: skip
def test_a_rule_made_for_another_local_page_allows_nothing(check: str) -> None:
    """The screen's own user takes no rule at its word either."""
    assert not Rule((), check=check).allows(check)


def test_a_window_for_other_sites_never_shows_the_check() -> None:
    assert not RULE.allows(HERE)
    assert not RULE.camera(HERE)
