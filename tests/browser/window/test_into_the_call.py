"""From a code into the video appointment and back, in a real Chromium: the hub tells the link, a page of ours answers.

Only the program given with ``--chromium`` knows that the video host is here, and has a camera that is none.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sync.demo import starter
from tests.browser.chromium import executable
from tests.browser.journeys import ask_for_hour
from tests.browser.person import Person
from tests.browser.window.pages import Pages
from tests.browser.window.test_from_the_kiosk import site, windows
from tests.stage import Stage

__all__ = ["site"]
VIDEO = "webconf.numerique.gouv.fr"
COLUMNS = ("référence", "site", "motif", "cabine", "date", "début", "durée", "lien vidéo", "téléphone")


def a_slot_in(stage: Stage, minutes: int) -> None:
    """Booth time of one subject, so many minutes from now, with the address of its call and a number."""
    zone = starter.METROPOLITAN.zone
    starts = datetime.now(UTC).astimezone(ZoneInfo(zone)) + timedelta(minutes=minutes)
    row = (
        "VIDEO-1", starter.METROPOLITAN.site_id, "autre", "9", f"{starts:%d/%m/%Y}", f"{starts:%H:%M}", "45",
        f"https://{VIDEO}/appel", "02 61 91 00 99",
    )  # fmt: skip
    stage.do_hub(
        "slots", "import", str(stage.file("video.csv", starter.to_csv([dict(zip(COLUMNS, row, strict=True))])))
    )


@pytest.fixture(scope="module")
def kiosk(prepared: Stage, site: Pages, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A terminal that opens guided windows, beside a hub with a video appointment in seven minutes."""
    folder = tmp_path_factory.mktemp("kiosk")
    own = prepared.copy(folder / "stage")
    a_slot_in(own, 7)
    chromium = folder / "chromium"
    found = f"MAP {VIDEO}:443 127.0.0.1:{site.port}"
    fake = "--use-fake-device-for-media-stream --ignore-certificate-errors"
    chromium.write_text(f'#!/bin/sh\nexec {executable()} --headless=new {fake} "--host-resolver-rules={found}" "$@"\n')
    chromium.chmod(0o700)
    own.hub_up()
    own.terminal_up("--window", "--chromium", str(chromium), "--quiet-s", "900", "--round-interval-s", "5")
    yield own
    own.close()


def test_from_the_code_to_the_call_and_back(kiosk: Stage, site: Pages, visitor: Callable[..., Person]) -> None:
    person = visitor("portrait")
    person.opens(kiosk.kiosk_url)
    person.begins()
    code, _ = ask_for_hour(person)
    person.ends()
    person.begins()
    person.touch("J’ai déjà un code")
    person.is_at("Quel est votre code ?")
    person.types(code)
    person.touch("Voir où j’en suis")
    person.touch("Rejoindre mon rendez-vous vidéo")
    read = person.sees(
        "Votre rendez-vous commence dans", "Personne ne vous enregistre ici.", "Essayer la caméra et le son"
    )
    assert VIDEO not in read
    assert "Un autre sujet" not in read
    site.asked.clear()
    person.touch("Entrer", exact=True)
    person.sees("Une fenêtre est ouverte")
    until = time.monotonic() + 10
    while not site.asked and time.monotonic() < until:
        time.sleep(0.1)
    assert site.asked[0] == f"{VIDEO}/appel"
    assert len(windows(kiosk)) == 1
    person.touch("La fermer")
    person.sees("Vous êtes sorti de l’appel", "Revenir dans l’appel", "C’est fini")
    assert windows(kiosk) == []
    person.touch("Revenir dans l’appel")
    person.sees("Une fenêtre est ouverte")
    windows(kiosk)[0].kill()
    person.sees("L’appel s’est fermé tout seul", "02 61 91 00 99")
    person.touch("C’est fini")
    person.sees("Terminer maintenant ?")
    written = kiosk.running[-1].said() + kiosk.running[0].said()
    assert f"{VIDEO}/appel" not in written
