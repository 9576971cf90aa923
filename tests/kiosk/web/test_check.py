"""The page that tries camera and sound: its policies, its words, and that nothing asked of it is put into it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import httpx
import pytest

from kiosk.faces import RANGES, WEIGHTS, faces_for, file_of
from kiosk.models import notice_board
from kiosk.said import beside
from kiosk.tokens import FONT
from kiosk.web import check
from kiosk.wording import FRENCH, LANGUAGES, RIGHT_TO_LEFT, say
from tests.kiosk.web.test_host import Kiosk

QUERY = "?langue=fr-simple&texte=150&contraste=1&dixiemes=101"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with (
        Kiosk(tmp_path_factory.mktemp("kiosk")) as kiosk,
        httpx.Client(base_url=kiosk.url, trust_env=False) as client,
    ):
        yield client


def drawn(page: str) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="drawn">(.*?)</script>', page, re.S)
    assert found
    read: dict[str, object] = json.loads(found[1])
    return read


def test_camera_and_microphone_are_for_this_page_only_and_it_can_send_nothing(client: httpx.Client) -> None:
    page = client.get(f"{check.PATH}{QUERY}")
    assert page.status_code == 200
    assert page.headers["permissions-policy"].startswith("camera=(self), microphone=(self)")
    policy = page.headers.get_list("content-security-policy")
    assert len(policy) == 1
    for rule in ("default-src 'none'", "connect-src 'none'", "form-action 'none'", "frame-ancestors 'none'"):
        assert rule in policy[0]
    assert "unsafe" not in policy[0]
    assert page.headers["cache-control"] == "no-store"
    for other in ("/", "/menu", "/salon"):
        assert "camera=(), microphone=()" in client.get(other).headers["permissions-policy"]
    for other in ("/essai/", "/essai/x", "/essais", "/ESSAI"):
        answer = client.get(other)
        assert answer.status_code == 404
        assert "camera=(self)" not in answer.headers.get("permissions-policy", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_speaks_the_language_of_the_visit_at_its_size_and_contrast(client: httpx.Client, language: str) -> None:
    plain = drawn(client.get(f"{check.PATH}?langue={language}&texte=100&contraste=0&dixiemes=215").text)
    large = drawn(client.get(f"{check.PATH}?langue={language}&texte=200&contraste=1&dixiemes=215").text)
    title = say("check.title", language)
    assert plain["words"]["check.title"] == [title, beside(title)]  # type: ignore[index]
    assert large["sizes_mm"][0]["body"] == pytest.approx(2 * plain["sizes_mm"][0]["body"], abs=0.05)  # type: ignore[index]
    assert (plain["contrast"], large["contrast"]) == (False, True)
    assert plain["colours"] != large["colours"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_has_its_french_beside_it_and_its_faces(client: httpx.Client, language: str) -> None:
    page = client.get(f"{check.PATH}?langue={language}").text
    other: dict[str, list[str]] = drawn(page)["words"]  # type: ignore[assignment]
    french: dict[str, list[str]] = drawn(client.get(f"{check.PATH}?langue=fr").text)["words"]  # type: ignore[assignment]
    if language not in FRENCH:
        assert [said or own for own, said in other.values()] == [own for own, _ in french.values()]
    code, direction = ("fr" if language in FRENCH else language), ("rtl" if language in RIGHT_TO_LEFT else "ltr")
    assert f'<html lang="{code}" dir="{direction}"' in page
    for face in faces_for("".join(own for own, _ in other.values())):
        for weight in WEIGHTS:
            file = f"{check.FONTS}/{file_of(face, weight)}"
            assert file in page
            assert client.get(file).status_code == 200
        assert face == FONT or f"unicode-range:{RANGES[face]}" in page


@pytest.mark.parametrize(
    "query", ["", "?langue=<script>alert(1)</script>&texte=<b>&contraste=%22", "?texte=-5&dixiemes=99999999999"]
)
def test_what_is_asked_of_it_is_never_put_into_it(client: httpx.Client, query: str) -> None:
    page = client.get(f"{check.PATH}{query}")
    assert page.status_code == 200
    assert "alert(1)" not in page.text
    assert drawn(page.text)["contrast"] is False


def test_a_terminal_without_the_booth_has_no_such_page(tmp_path_factory: pytest.TempPathFactory) -> None:
    board = tmp_path_factory.mktemp("board")
    with Kiosk(board, pages=[notice_board.PATH]) as kiosk, httpx.Client(base_url=kiosk.url, trust_env=False) as client:
        assert client.get(check.PATH).status_code == 404
