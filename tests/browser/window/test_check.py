"""The page that tries camera and sound, in a guided window of a real Chromium: fake devices, none, and refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest

from kiosk.window.opening import FINISHED, Opening, Rule
from kiosk.wording import say
from tests.browser.window.finger import Seen
from tests.kiosk.shots import served
from tests.kiosk.stand_in import StandInActions

FAKES = ("--use-fake-device-for-media-stream",)
ASKED = "/essai?langue=%s&texte=100&contraste=0&dixiemes=215"
STOPPED = "Cette adresse ne s’ouvre pas ici"
SENDS = "fetch('/healthz', {mode: 'no-cors'}).then(() => 'sent', () => 'kept')"
FAILS = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', '%s'))"
Come = Callable[..., Seen]


@pytest.fixture(scope="module")
def kiosk() -> Iterator[str]:
    with served(StandInActions()) as url:
        yield url


@pytest.fixture
def come(kiosk: str) -> Iterator[Come]:
    made: list[Seen] = []

    def open_(flags: Sequence[str] = FAKES, size: tuple[int, int] = (1080, 1920), language: str = "fr") -> Seen:
        url = kiosk + ASKED % language
        opening = Opening(url, Rule((), check=url), "Essai", language=language, quiet_s=180)
        window = Seen(opening, flags=flags, size=size)
        made.append(window)
        window.open()
        window.sees("Terminer", "Essayez la caméra et le son", "Rien n’est enregistré. Rien n’est envoyé.")
        return window

    yield open_
    for window in made:
        window.close()


@pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080), (1280, 800)])
def test_picture_voice_and_sound_are_tried_and_nothing_leaves_the_page(come: Come, size: tuple[int, int]) -> None:
    window = come(size=size)
    window.sees("Vous vous voyez. La caméra marche.", "La borne vous entend. Le micro marche.", "cette borne")
    assert window.js("document.querySelector('video').videoWidth") > 0
    window.touches("Jouer un son")
    window.sees("Vous entendez\u00a0?")
    window.touches("Oui")
    window.sees("C’est bon. Le son marche.")
    assert window.js(SENDS) == "kept"
    window.touches("J’ai fini l’essai")
    assert window.ended() == FINISHED


def test_no_other_page_of_the_terminal_can_be_reached_from_it(come: Come, kiosk: str) -> None:
    window = come()
    for path in ("/", "/fin", "/essai", "/essai?langue=fr"):
        window.js(f"location.href = '{kiosk}{path}'")
        window.sees(STOPPED)
        window.touches("Revenir à la page")
        window.sees("Essayez la caméra et le son")
    assert window.is_open


def test_without_a_camera_and_a_microphone_it_says_what_to_do(come: Come) -> None:
    window = come(flags=())
    window.sees("Pas de caméra. Demandez à l’accueil, ou parlez sans image.")
    window.sees("Pas de micro. Branchez le casque, ou demandez à l’accueil.")
    for error, said in (
        ("NotReadableError", "Un autre programme prend la caméra."),
        ("NotAllowedError", "La caméra est bloquée."),
        ("TypeError", "La caméra ne marche pas."),
    ):
        window.js(FAILS % error)  # the devices answer otherwise: the page asks them anew
        window.touches("Réessayer")
        window.sees(said)


@pytest.mark.parametrize("language", ["ar", "uk"])
def test_it_is_tried_in_another_language_with_the_french_under_each_sentence(come: Come, language: str) -> None:
    window = come(language=language)
    for key in ("check.camera.good", "check.microphone.good"):
        window.sees(say(key, language), say(key))
    window.touches(f"{say('check.play', language)} {say('check.play')}")
    window.touches(f"{say('check.yes', language)} {say('check.yes')}")
    window.sees(say("check.sound.good", language), say("check.sound.good"))
    tall = "document.documentElement.scrollHeight <= window.innerHeight"
    assert window.js(tall), "nothing of it is below the edge of the screen"
    left = window.js("document.querySelector('h1 span').getBoundingClientRect().left")
    assert (left > 200) == (language == "ar")
