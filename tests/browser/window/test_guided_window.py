"""The guided window in a real Chromium, over pages that stand for those of others."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from kiosk.window.guided import WindowFailed
from kiosk.window.opening import ASKED, FINISHED, IDLE, LIMIT, LOST, Call
from kiosk.wording import say
from tests.browser.window.finger import Helper, Printer, Seen, opening
from tests.browser.window.pages import ELSEWHERE, HOME, PDF, VIDEO, Pages, served
from tests.browser.window.shift import Shift

STOPPED = "Cette adresse ne s’ouvre pas ici"
THERE = "Êtes-vous toujours là\u00a0?"
CALL, ASKS = "Appeler de l’aide, ici", "Cette personne demande de l’aide"
FAKES = ("--use-fake-device-for-media-stream",)
Come = Callable[..., Seen]


@pytest.fixture(scope="module")
def pages() -> Iterator[Pages]:
    with served() as found:
        yield found


@pytest.fixture
def come(pages: Pages) -> Iterator[Come]:
    """Opens windows on the page server, closed at the end of the test."""
    made: list[Seen] = []

    def open_(
        path: str = "/", *, host: str = HOME, cameras: Sequence[str] = (), printing: Any = None,
        now: Any = time.monotonic, flags: Sequence[str] = (), helping: Any = None, **more: Any,
    ) -> Seen:  # fmt: skip
        hosts = (HOME, *cameras)
        window = Seen(
            opening(pages.url(host, path), hosts, cameras=cameras, **more), printing=printing, now=now, flags=flags,
            helping=helping,
        )  # fmt: skip
        made.append(window)
        window.open()
        window.sees("Terminer")
        return window

    pages.asked.clear()
    yield open_
    for window in made:
        window.close()


def test_the_bar_is_on_every_page_and_comes_back_when_a_page_takes_it_away(come: Come) -> None:
    window = come()
    window.sees("Inscription", "Vous êtes sur", HOME, "Terminer", "Aide")
    assert window.button("Revenir en arrière") is None
    window.touches("Continuer")
    window.sees("Étape 2", "Terminer", "Revenir en arrière")  # this page forbids every script and font but its own
    window.js("document.querySelectorAll('[popover]').forEach((one) => one.remove())")
    window.sees("Étape 2", "Terminer")
    window.touches("Revenir en arrière")
    window.sees("Inscription", "Terminer")
    window.js("document.open(); document.write('<h1>Tout neuf</h1>'); document.close()")
    window.sees("Tout neuf", "Terminer")
    window.touches("Aide")
    window.sees("Samu", "Personne ici ne voit ce que vous écrivez.")


def test_the_bar_works_over_a_modal_dialog_and_moves_to_the_other_edge(come: Come) -> None:
    window = come()
    dialog = "const one = document.createElement('dialog'); one.textContent = 'Cookies'; document.body.append(one);"
    window.js(f"{dialog} one.showModal()")
    window.sees("Cookies", "Terminer")
    above = window.button("Aide")
    window.touches("Barre en bas")
    window.sees("Barre en haut")
    below = window.button("Aide")
    assert above is not None
    assert below is not None
    assert above[1] < 200
    assert below[1] > 1700


def test_a_page_can_neither_touch_the_bar_nor_pretend_that_somebody_is_there(come: Come) -> None:
    shift = Shift()
    window = come(now=shift)
    fakes = """() => {
      const bar = document.querySelector('[popover]');
      for (const kind of ['pointerdown', 'click', 'keydown']) for (const at of [bar, document.body, window])
        at.dispatchEvent(new Event(kind, {bubbles: true, composed: true}));
      bar.click();
      return [bar.shadowRoot, typeof globalThis.pointContactTell, typeof globalThis.pointContactBar];
    }"""
    shift.by(170)
    assert window.js(f"({fakes})()") == [None, "undefined", "undefined"]
    shift.by(15)
    window.sees(THERE)
    assert window.is_open


@pytest.mark.parametrize("link", ["Un autre site", "Un renvoi", "Une fenêtre ailleurs"])
def test_what_is_not_allowed_is_stopped_and_the_page_stays(come: Come, pages: Pages, link: str) -> None:
    window = come()
    window.touches("Nom de naissance")
    window.touches("m")
    window.touches("Cacher")
    window.touches(link)
    window.sees(STOPPED, ELSEWHERE)
    window.touches("Revenir à la page")
    window.sees("Inscription")
    assert window.js("document.getElementById('nom').value") == "m"
    assert not [one for one in pages.asked if one.startswith(ELSEWHERE)]


def test_what_would_open_elsewhere_opens_in_the_same_window(come: Come) -> None:
    window = come()
    window.touches("Une fenêtre")
    window.sees("Étape 2", "Terminer", "Revenir en arrière")


def test_a_page_that_a_script_sends_to_files_of_this_machine_stays_where_it_is(come: Come) -> None:
    window = come()
    for address in ("file:///etc/passwd", "chrome://version", "view-source:about:blank"):
        window.js(f"location.href = '{address}'", gesture=True)
        window.js(f"window.open('{address}')", gesture=True)
    window.sees("Inscription", "Terminer")


def test_a_site_that_does_not_answer_is_said_in_words_and_tried_again(come: Come) -> None:
    with served() as gone:
        address = gone.url()
    window = come()
    window.js(f"location.href = '{address}'")
    window.sees("Le site ne répond pas", "Terminer")
    assert "ERR_" not in window.reads()
    window.touches("Réessayer")
    window.sees("Le site ne répond pas")
    window.touches("Revenir en arrière")
    window.sees("Inscription")


def test_nothing_is_saved_on_the_disk(come: Come) -> None:
    window = come()
    window.touches("Un tableau")
    window.sees("Rien ne s’enregistre ici")
    window.touches("Revenir à la page")
    window.touches("Un fichier")
    window.sees("Rien ne s’enregistre ici")
    assert window.profile is not None
    saved = [*Path.home().rglob("t.csv"), *window.profile.rglob("t.csv"), *window.profile.rglob("x.txt")]
    assert not [one for one in saved if one.is_file()]


def test_no_file_of_this_machine_can_be_chosen(come: Come) -> None:
    window = come()
    box = window.js(
        "(() => { const b = document.getElementById('piece').getBoundingClientRect(); return [b.x, b.y]; })()"
    )
    window.taps(box[0] + 40, box[1] + 30)
    window.sees("Pas de document depuis cette borne")


def test_paper_goes_through_the_queue_after_a_touch_of_the_person(come: Come) -> None:
    printer = Printer()
    window = come(printing=printer)
    window.js("window.print()")
    window.sees("Votre document")
    assert printer.taken == []
    window.touches("Imprimer")
    window.sees("C’est envoyé à l’imprimante")
    window.touches("Revenir à la page")
    window.touches("Une attestation")
    window.touches("Imprimer")
    window.sees("C’est envoyé à l’imprimante")
    assert [data[:5] for data, _ in printer.taken] == [b"%PDF-", b"%PDF-"]
    assert printer.taken[1] == (PDF, "M’inscrire")
    printer.works = False
    window.touches("Revenir à la page")
    window.touches("Une attestation")
    window.touches("Imprimer")
    window.sees("Le papier n’est pas sorti")


def test_without_a_printer_it_says_so(come: Come) -> None:
    window = come()
    window.js("window.print()")
    window.sees("Pas d’imprimante sur cette borne")


def test_the_keys_of_the_bar_type_into_the_page(come: Come) -> None:
    window = come()
    window.touches("Adresse électronique")
    for key in ("é", "Effacer", "a", "z", "@", "Maj", "b"):
        window.touches("B" if key == "b" else key)
    assert window.js("document.getElementById('mail').value") == "az@B"


def test_camera_and_microphone_are_granted_to_video_hosts_only(come: Come) -> None:
    window = come("/appel", flags=FAKES)
    window.sees("refus NotAllowedError")
    window.close()
    granted = come("/appel", host=VIDEO, cameras=[VIDEO], flags=FAKES)
    granted.sees("appel connected")


def test_a_call_counts_as_presence_until_the_limit(come: Come) -> None:
    shift = Shift()
    window = come("/appel", host=VIDEO, cameras=[VIDEO], flags=FAKES, now=shift, limit_s=900.0)
    window.sees("appel connected")
    for _ in range(3):
        shift.by(150)
        time.sleep(3.6)  # the page says so every three seconds
        assert THERE not in window.reads()
    window.sees("Encore 8\u00a0minutes")
    shift.by(500)
    assert window.ended() == LIMIT


def test_silence_asks_then_closes(come: Come) -> None:
    shift = Shift()
    window = come(now=shift)
    window.listens()
    shift.by(181)
    window.sees(THERE, "secondes")
    assert window.hears() == 1
    time.sleep(2.5)  # the countdown goes on; the question has rung once
    assert window.hears() == 1
    window.touches("Oui, je continue")
    window.sees("Inscription", "Terminer")
    shift.by(181)
    window.sees(THERE)
    shift.by(30)
    assert window.ended() == IDLE
    assert_nothing_is_left(window)


def test_a_call_for_help_rings_raises_the_flag_and_keeps_the_page(come: Come) -> None:
    helper = Helper()
    window = come("/", helping=helper, terminal_no=7)
    window.listens()
    window.touches("Nom de naissance")
    window.touches("m")
    window.touches("Cacher")
    window.touches("Aide")
    window.sees("Samu", "Vous pouvez demander à la personne de l’accueil.")
    assert (helper.wanted, window.hears(0.5)) == ([], 0)
    window.touches(CALL)
    window.sees(ASKS, "Borne\u00a07", "Personne n’a encore répondu.", "Terminer")
    assert (helper.wanted, window.hears()) == ([True], 1)
    window.tell_call(Call(stands=True, answer="coming", hour="14\u00a0h\u00a033"))
    window.sees("Quelqu’un arrive. Une personne l’a dit à 14\u00a0h\u00a033.")
    window.js("location.href = '#plus-bas'")
    window.touches("Aide")
    window.sees("Samu")
    assert window.button(CALL) is None
    window.touches("Fermer")
    window.touches("J’ai trouvé quelqu’un")
    window.sees("Inscription")
    assert ASKS not in window.reads()
    assert (helper.wanted, window.js("document.getElementById('nom').value")) == ([True, False], "m")


def test_the_flag_stands_while_the_page_changes_and_the_call_can_be_taken_back(come: Come) -> None:
    shift, helper = Shift(), Helper()
    window = come(helping=helper, now=shift)
    window.touches("Aide")
    window.touches(CALL)
    window.sees(ASKS)
    window.js("location.href = '/suite'")  # by itself, as a site that signs its user out; no rule of it stops our sound
    window.sees("Étape 2", ASKS)
    window.listens()
    shift.by(190)
    window.touches("Sonner encore")
    assert window.hears() == 1
    assert THERE not in window.reads(), "who waits is given more time"
    window.touches("Annuler l’appel")
    window.sees("Étape 2", "Terminer")
    assert ASKS not in window.reads()
    assert helper.wanted == [True, False]


def test_a_page_can_neither_call_nor_end_a_call(come: Come) -> None:
    helper = Helper()
    window = come(helping=helper)

    def fake(name: str) -> None:
        at = window.button(name)
        assert at is not None
        window.js(f"""(() => {{
          const [x, y] = [{at[0]}, {at[1]}];
          const found = document.elementFromPoint(x, y);
          for (const kind of ['pointerdown', 'pointerup', 'click'])
            found.dispatchEvent(new PointerEvent(kind, {{bubbles: true, composed: true, clientX: x, clientY: y}}));
          found.click();
          globalThis.pointContactTell?.('{{"do":"call"}}');
        }})()""")
        time.sleep(0.5)

    window.touches("Aide")
    window.sees(CALL)
    fake(CALL)
    assert helper.wanted == []
    window.touches(CALL)
    window.sees(ASKS)
    fake("Annuler l’appel")
    window.js("window.print()")  # nor cover the flag with a panel of ours
    time.sleep(1)
    window.sees(ASKS)
    assert helper.wanted == [True]


def test_where_no_call_can_be_made_none_is_offered(come: Come) -> None:
    window = come()
    window.touches("Aide")
    window.sees("Samu", "Revenir à la page")
    assert window.button(CALL) is None


def test_finishing_asks_first_and_leaves_nothing(come: Come) -> None:
    window = come()
    window.touches("Terminer")
    window.sees("Terminer ici\u00a0?")
    window.touches("Non, je reste")
    window.touches("Terminer")
    window.touches("Fermer la fenêtre")
    assert window.ended() == FINISHED
    assert_nothing_is_left(window)


def test_a_chromium_that_is_killed_is_noticed_and_leaves_nothing(come: Come) -> None:
    window = come()
    assert window.process_id is not None
    os.kill(window.process_id, signal.SIGKILL)
    assert window.ended() == LOST
    assert_nothing_is_left(window)


def test_the_kiosk_closes_it_at_once_and_two_windows_share_nothing(come: Come) -> None:
    first = come()
    first.js("localStorage.setItem('nom', 'Zyzzyva'); document.cookie = 'nom=Zyzzyva; max-age=9999'")
    began = time.monotonic()
    first.close()
    assert time.monotonic() - began < 5
    assert first.ended() == ASKED
    assert_nothing_is_left(first)
    second = come()
    assert second.js("[localStorage.getItem('nom'), document.cookie]") == [None, ""]
    assert second.profile != first.profile


def test_what_the_content_does_not_allow_is_not_even_started(pages: Pages) -> None:
    window = Seen(opening(pages.url(ELSEWHERE), [HOME]))
    with pytest.raises(WindowFailed):
        window.open()
    assert window.profile is None


def assert_nothing_is_left(window: Seen) -> None:
    assert window.profile is not None
    assert not window.profile.exists()
    assert window.process_id is not None
    assert alive_in_group(window.process_id) == []


def alive_in_group(group: int) -> list[str]:
    """The processes of a group that have not ended (one that nobody has buried yet has)."""
    found = []
    for told in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, of_group = told.read_text().rpartition(")")[2].split()[:3]
            if of_group == str(group) and state not in "ZX":
                found.append(told.parent.name)
    return found


@pytest.mark.parametrize("language", ["ar", "uk"])
def test_the_bar_in_another_language_is_large_enough_and_who_helps_reads_it_too(come: Come, language: str) -> None:
    def both(key: str) -> str:
        return f"{say(key, language)} {say(key)}"

    window = come(language=language, terminal_no=3, helping=Helper())
    finish = window.button(both("window.bar.finish"))
    assert finish is not None
    assert (finish[0] < 540) == (language == "ar"), "it ends where a line ends"
    a_mm = (1080**2 + 1920**2) ** 0.5 / 21.5 / 25.4
    for name in ("window.bar.finish", "window.bar.help", "window.bar.to_bottom"):
        wide, high = window.size_of(both(name))
        assert min(wide, high) >= 15 * a_mm
    window.touches(both("window.bar.help"))
    window.touches(both("call.ask"))
    window.sees(say("call.asks", language), "Cette personne demande de l’aide", "Borne\u00a03")
    window.touches(both("call.found"))
    window.touches(both("window.bar.finish"))
    window.touches(both("window.finish.yes"))
    assert window.ended() == FINISHED
