"""In the booth, on the screens: the way there from a code, every state, never a dead end, never a name or a link."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kiosk import moments, times
from kiosk.screens.booth import Booth
from kiosk.screens.reference import Reference
from kiosk.silence import MORE_TIME_FACTOR, IdleClock
from kiosk.tokens import Look
from kiosk.visit import CODE, MENU, SALON, Visit, Wish
from kiosk.window.opening import FAILED, FINISHED, LIMIT, LOST
from kiosk.wording import FRENCH
from sync.errors import HubUnreachable, NoRoom
from sync.hub import rooms
from tests.kiosk.in_process import Shown
from tests.kiosk.models.test_booth import BOOKING, LINK, START, Terminal
from tests.kiosk.models.test_standing import made_elsewhere, opens
from tests.kiosk.screens.test_journeys import SIZES, run
from tests.kiosk.test_actions import SITE, SLOT, Hub, Kiosk, hub, kiosk

__all__ = ["hub", "kiosk"]
QUIET_S, WARNING_S = 60.0, 20.0
SECRETS = (LINK, "webconf", "conseiller·e", "suivi", "Parler à mon conseiller")


class Windows:
    """Takes wishes; what becomes of the window is up to the test."""

    def __init__(self) -> None:
        self.wished: list[Wish] = []

    def open(self, wish: Wish, language: str) -> None:
        del language
        self.wished.append(wish)

    def close(self) -> None:
        return


def in_the_booth(size: str = "portrait", language: str = "fr", *, windows: bool = True) -> Visit:
    visit = Visit(Look(*SIZES[size]), now=lambda: 0.0, windows=Windows() if windows else None)
    visit.drafts.put("booth", {"id": "b1", "until_ms": None})
    visit.go(SALON)
    visit.speak(language)
    visit.first_tap = lambda control: True  # type: ignore[method-assign]
    return visit


def wished(visit: Visit) -> list[Wish]:
    assert isinstance(visit.windows, Windows)
    return visit.windows.wished


def drive(visit: Visit, terminal: Any, act: Callable[[Shown], Awaitable[None]]) -> None:
    async def scenario() -> None:
        async with Shown(
            Booth, visit, terminal, width=int(visit.look.width_px), height=int(visit.look.height_px)
        ) as page:
            await act(page)

    asyncio.run(scenario())


def read(shown: Shown) -> str:
    return shown.words().replace("\u00a0", " ")


STATES: dict[str, tuple[float, dict[str, Any], str]] = {
    "far": (-300, {}, "Vous êtes en avance"),
    "waiting": (-38, {}, "Votre rendez-vous commence dans"),
    "open": (-9, {}, "Votre rendez-vous commence dans"),
    "now": (0.5, {}, "C’est l’heure"),
    "late": (4, {}, "Votre rendez-vous a commencé il y a"),
    "over": (31, {}, "L’heure de ce rendez-vous est passée"),
    "moved": (-5, {"state": "moved"}, "L’heure de votre rendez-vous a changé"),
    "ended": (-5, {"state": "withdrawn"}, "Ce rendez-vous n’a plus lieu"),
    "asked": (-5, {"state": "requested"}, "Ce rendez-vous n’est pas encore confirmé"),
    "absent": (-5, {"slot": None}, "Ce rendez-vous n’est plus sur cette borne"),
}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", FRENCH)
@pytest.mark.parametrize("state", STATES)
def test_every_state_says_what_is_true_and_leads_somewhere(state: str, language: str, size: str) -> None:
    minutes, fields, said = STATES[state]
    terminal = Terminal(minutes)
    terminal.found = replace(BOOKING, **fields)
    visit = in_the_booth(size, language)

    async def act(shown: Shown) -> None:
        assert said in read(shown)
        assert shown.touchables(), "nothing to touch is a dead end"
        assert not [secret for secret in SECRETS if secret in shown.words()]
        assert any("Entrer" in face for face in shown.touchables()) == (state in ("open", "now", "late"))

    drive(visit, terminal, act)


@pytest.mark.parametrize("size", SIZES)
def test_the_countdown_goes_on_by_itself_and_the_way_in_opens(size: str) -> None:
    terminal = Terminal(-11)
    visit = in_the_booth(size)

    async def act(shown: Shown) -> None:
        assert "11" in read(shown).splitlines()
        assert "Vous pourrez entrer à 14 h 20" in read(shown)
        terminal.at = START - timedelta(minutes=10)
        await asyncio.sleep(1.2)
        await shown.settle()
        assert "10" in read(shown).splitlines()
        assert any("Entrer" in face for face in shown.touchables())

    drive(visit, terminal, act)


async def touches_enter(shown: Shown) -> None:
    await shown.tap("Entrer")
    await asyncio.sleep(0.05)
    await shown.settle()


def test_the_window_opens_on_a_touch_and_what_comes_after_is_said() -> None:
    terminal = Terminal(2)
    visit = in_the_booth()

    async def act(shown: Shown) -> None:
        await touches_enter(shown)
        (wish,) = wished(visit)
        assert (wish.link, wish.limit_s, terminal.asked) == (LINK, (28 + 60) * 60, 1)
        visit.window_opened()
        visit.window_closed(FINISHED, ends=False, told=False)
        await shown.settle()
        assert "Vous êtes sorti de l’appel" in read(shown)
        await shown.tap("Revenir dans l’appel")
        await asyncio.sleep(0.05)
        await shown.settle()
        assert len(wished(visit)) == 2
        visit.window_closed(LOST, ends=False, told=True)
        await shown.settle()
        assert visit.sheet is None, "the booth says it itself"
        assert "L’appel s’est fermé tout seul" in read(shown)
        await shown.tap("C’est fini")
        assert visit.sheet == "finish"
        visit.open_sheet(None)
        await shown.tap("Revenir dans l’appel")
        await asyncio.sleep(0.05)
        visit.window_closed(LIMIT, ends=False, told=True)
        await shown.settle()
        assert "Le temps de ce rendez-vous est fini" in read(shown)
        assert not any("Revenir" in face for face in shown.touchables())
        assert LINK not in shown.words()

    drive(visit, terminal, act)


def test_a_window_that_does_not_open_leads_to_the_telephone_and_to_another_try() -> None:
    terminal = Terminal(2)
    visit = in_the_booth()

    async def act(shown: Shown) -> None:
        await touches_enter(shown)
        visit.window_closed(FAILED, ends=False, told=True)
        await shown.settle()
        assert "La fenêtre de la vidéo ne s’est pas ouverte" in read(shown)
        assert "3949" in read(shown)
        await shown.tap("Réessayer")
        await asyncio.sleep(0.05)
        await shown.settle()
        assert len(wished(visit)) == 2

    drive(visit, terminal, act)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("fault", "again"),
    [(HubUnreachable(""), True), (NoRoom("no_address"), True), (NoRoom("booking_unknown"), True),
     (NoRoom("no_place"), False), (NoRoom("not_offered"), False), (NoRoom("over"), False), (NoRoom("x"), True)],
)  # fmt: skip
def test_whatever_is_in_the_way_there_is_a_number_and_the_desk(fault: Exception, again: bool, size: str) -> None:
    terminal = Terminal(2)
    terminal.fault = fault
    visit = in_the_booth(size)

    async def act(shown: Shown) -> None:
        await touches_enter(shown)
        assert wished(visit) == []
        words = read(shown)
        for said in ("Appelez le", "3949", "14 h 30", "Votre conseiller peut aussi vous appeler"):
            assert said in words
        assert any("Réessayer" in face for face in shown.touchables()) == again
        await shown.tap("Demander à l’accueil")
        assert visit.sheet == "desk"

    drive(visit, terminal, act)


def test_a_link_to_an_unknown_site_is_not_opened_and_never_shown() -> None:
    terminal = Terminal(2)
    terminal.link = "https://example.org/salon-secret"
    visit = in_the_booth()

    async def act(shown: Shown) -> None:
        await touches_enter(shown)
        assert wished(visit) == []
        assert "Cette borne ne peut pas ouvrir cette vidéo" in read(shown)
        assert "example" not in shown.words()

    drive(visit, terminal, act)


@pytest.mark.parametrize("size", SIZES)
def test_a_terminal_without_windows_says_so_at_once(size: str) -> None:
    visit = in_the_booth(size, windows=False)

    async def act(shown: Shown) -> None:
        assert "La vidéo ne s’ouvre pas sur cette borne" in read(shown)
        assert "3949" in read(shown)
        await shown.tap("Voir mon rendez-vous")
        assert visit.place == CODE

    drive(visit, Terminal(-5), act)


def test_without_a_network_the_number_is_there_before_any_try() -> None:
    visit = in_the_booth()

    async def act(shown: Shown) -> None:
        assert {"La vidéo ne s’ouvrira peut-être pas. Essayez quand même, ou appelez.", "3949"} <= set(
            read(shown).splitlines()
        )
        assert any("Entrer" in face for face in shown.touchables())

    drive(visit, Terminal(-5, online=False), act)


def test_camera_and_sound_are_tried_in_a_window_of_their_own() -> None:
    visit = in_the_booth()
    visit.toggle_contrast()

    async def act(shown: Shown) -> None:
        await shown.tap("Essayer la caméra et le son")
        (wish,) = wished(visit)
        assert (wish.check, wish.link, wish.address, wish.contrast) == (True, "", "", True)
        visit.window_closed(LOST, ends=False, told=True)
        await shown.settle()
        assert "L’essai s’est fermé tout seul" in read(shown)
        assert "Votre rendez-vous commence dans" in read(shown), "nobody was in a call"

    drive(visit, Terminal(-20), act)


def under_its_code(hub: Hub, kiosk: Kiosk) -> Visit:
    """A visit that has typed the code of a video appointment that is twenty hours ahead."""
    kiosk.granted(SLOT)
    visit = Visit(Look(1080, 1920), now=lambda: 0.0, windows=Windows())
    opens(kiosk, visit.drafts, made_elsewhere(kiosk))
    kiosk.round()
    visit.go(CODE)
    visit.first_tap = lambda control: True  # type: ignore[method-assign]
    return visit


def test_under_a_code_the_way_to_the_booth_is_told_first_and_opens_an_hour_before(hub: Hub, kiosk: Kiosk) -> None:
    visit = under_its_code(hub, kiosk)
    slot = kiosk.actions.slot(SLOT)
    assert slot is not None

    async def scenario() -> None:
        async with Shown(Reference, visit, kiosk.actions) as shown:
            comes = times.hour(slot.starts_at - timedelta(minutes=60), "Indian/Reunion", "fr").replace("\u00a0", " ")
            assert f"à partir de {comes}" in read(shown)
            assert not any("Rejoindre" in face for face in shown.touchables())
            hub.time.ms = moments.to_ms(slot.starts_at - timedelta(minutes=60))
            await asyncio.sleep(1.3)
            await shown.settle()
            await shown.tap("Rejoindre mon rendez-vous vidéo")
            assert visit.place == SALON

    run(scenario())


def test_from_the_code_into_the_call_by_the_hub_that_keeps_the_link(hub: Hub, kiosk: Kiosk) -> None:
    visit = under_its_code(hub, kiosk)
    slot = kiosk.actions.slot(SLOT)
    assert slot is not None
    with hub.database.write() as connection:
        rooms.keep(connection, hub.keys, SITE, SLOT, LINK)
    hub.time.ms = moments.to_ms(slot.starts_at - timedelta(minutes=9))

    async def scenario() -> None:
        async with Shown(Reference, visit, kiosk.actions) as shown:
            await shown.tap("Rejoindre mon rendez-vous vidéo")
        async with Shown(Booth, visit, kiosk.actions) as shown:
            assert "à Paris" in read(shown)
            await shown.tap("Entrer")
            for _ in range(40):
                await asyncio.sleep(0.05)
                await shown.settle()
                if wished(visit):
                    break
            (wish,) = wished(visit)
            assert wish.link == LINK

    run(scenario())


# The longer silence -----------------------------------------------------------------------------------


def test_waiting_in_the_booth_allows_a_longer_silence_which_ends_elsewhere() -> None:
    time = {"now": 0.0}
    visit = Visit(quiet_s=QUIET_S, warning_s=WARNING_S, now=lambda: time["now"])
    visit.go(SALON)
    time["now"] = QUIET_S * MORE_TIME_FACTOR - 1
    assert not visit.warned
    time["now"] += 1
    visit.tick()
    assert visit.warned
    assert visit.idle.seconds_left() == WARNING_S
    visit.answer_warning()
    visit.call_help()
    visit.end_call()
    time["now"] += QUIET_S + 1
    assert not visit.warned, "a call that ends leaves the waiting as it was"
    visit.touch()
    visit.go(MENU)
    time["now"] += QUIET_S
    assert visit.warned


@given(
    st.lists(
        st.tuples(st.floats(0, 700), st.sampled_from(["touch", "booth", "elsewhere", "call", "back"])), max_size=25
    )
)
@example([(0.7, "touch"), (0.62, "booth"), (191.0, "touch")])  # where floats add up to a hair more than the silence
def test_nobody_in_the_booth_is_wiped_without_a_warning_and_nobody_stays_for_ever(
    steps: list[tuple[float, str]],
) -> None:
    time = {"now": 0.0}
    idle = IdleClock(QUIET_S, WARNING_S, lambda: time["now"])
    acts: dict[str, Callable[[], None]] = {
        "touch": idle.touch,
        "booth": lambda: idle.wait(True, "booth"),
        "elsewhere": lambda: idle.wait(False, "booth"),
        "call": lambda: idle.wait(True),
        "back": lambda: idle.wait(False),
    }
    for after_s, act in steps:
        time["now"] += after_s
        if idle.seconds_left() == 0:
            return
        acts[act]()
        left = idle.seconds_left()
        assert left is None or left > 0, "an act never ends a visit: it warns at most"
    time["now"] += QUIET_S * MORE_TIME_FACTOR + WARNING_S
    assert idle.seconds_left() == 0
