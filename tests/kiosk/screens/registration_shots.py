"""Screenshots of the prepared registration: `python -m tests.kiosk.screens.registration_shots FOLDER [name ...]`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from content.shelf import ScreenView, Shelf
from kiosk.models import registration_steps as steps
from kiosk.models.registration import Registration
from kiosk.views import DeliveryView
from kiosk.visit import Visit
from tests.kiosk.models.registration_world import AWA, Desk, reply, walk
from tests.kiosk.shots import CHROMIUM, SIZES, ready, served


@dataclass
class ShownDesk(Desk):
    """The seam with the real notices, and what the frame needs."""

    demonstration: bool = False
    shelf: Shelf = field(default_factory=Shelf.open)

    def privacy_notice(self, language: str) -> ScreenView:
        return self.shelf.privacy_notice(language).filled({})

    def privacy_full(self, language: str) -> list[ScreenView]:
        return [screen.filled({}) for screen in self.shelf.privacy_full(language)]


NOT_SENT = DeliveryView("waiting")
BLANK_BYTES = 40_000
LAST_DRAWN = "Aide, urgence"


@dataclass(frozen=True)
class Shot:
    """A state to look at."""

    until: str
    person: dict[str, object] = field(default_factory=dict)
    then: Callable[[Registration], object] = lambda model: None
    delivery: DeliveryView = NOT_SENT
    online: bool = True
    text: int = 100
    contrast: bool = False
    language: str = "fr"


MANY = {"code_postal": "51300"}
ABROAD = {"lieu_naissance": ["autre"], "pays_naissance": "Guin"}
NOW_SENT = DeliveryView("received", Desk().moment)
SHOTS: dict[str, Shot] = {
    "notice": Shot(steps.NOTICE),
    "deja": Shot("deja_inscrit"),
    "deja-oui": Shot("deja_oui", {"deja_inscrit": ["oui"]}),
    "nom": Shot("nom_naissance"),
    "prenoms": Shot("prenoms"),
    "date": Shot("date_naissance"),
    "date-wrong": Shot("date_naissance", then=lambda m: m.answer({"jour": "31", "mois": "2", "annee": "1998"})),
    "lieu": Shot("lieu_naissance"),
    "pays": Shot("pays_choix", ABROAD),
    "naissance-communes": Shot("commune_naissance_choix"),
    "code-postal": Shot("code_postal"),
    "communes": Shot("commune", MANY),
    "telephone": Shot("telephone"),
    "courriel": Shot("courriel"),
    "situation": Shot("situation"),
    "situation-simple": Shot("situation", language="fr-simple"),
    "situation-contrast": Shot("situation", contrast=True),
    "situation-large": Shot("situation", text=200),
    "niveau": Shot("niveau"),
    "mobilite": Shot("mobilite_moyen"),
    "langue": Shot("langue"),
    "recap": Shot(steps.RECAP),
    "slip-sent": Shot(steps.RECAP, then=lambda m: m.confirm(), delivery=NOW_SENT),
    "slip-waiting": Shot(steps.RECAP, then=lambda m: m.confirm(), online=False),
    "slip-large": Shot(steps.RECAP, then=lambda m: m.confirm(), delivery=NOW_SENT, text=150),
    "nom-large": Shot("nom_naissance", text=150),
}


def prepare(visit: Visit, desk: ShownDesk, shot: Shot) -> None:
    desk.state, desk.online = shot.delivery, shot.online
    model = Registration(desk, visit.drafts)
    person = {**AWA, **shot.person}
    walk(model, person, until=shot.until)
    shot.then(model)
    if shot.until in ("nom_naissance", "telephone", "prenoms"):
        reply(model, str(AWA[shot.until])[:9] if shot.until == "nom_naissance" else "069212")
        if model.place() != shot.until:
            model.back()
    visit.speak(shot.language)
    visit.go("/inscription")
    visit.set_text(shot.text)
    if shot.contrast:
        visit.toggle_contrast()


def painted(page: Page) -> bytes:
    """The picture once it does not change any more: on a busy machine it comes well after the semantics."""
    before, now = b"", page.screenshot()
    for _ in range(40):
        if now == before and len(now) > BLANK_BYTES:
            break
        page.wait_for_timeout(700)
        before, now = now, page.screenshot()
    return now


def main(folder: Path, names: list[str], sizes: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    desk = ShownDesk()
    now: list[Shot] = [SHOTS["notice"]]
    for size in sizes:
        width, height, diagonal = SIZES[size]
        with (
            served(desk, diagonal_in=diagonal, before=lambda visit: prepare(visit, desk, now[0])) as url,
            sync_playwright() as tools,
        ):
            browser = tools.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            for name, shot in SHOTS.items():
                if names and name not in names:
                    continue
                now[0] = shot
                page = browser.new_page(viewport={"width": width, "height": height})
                page.on("console", lambda m: print("console:", m.text) if m.type == "error" else None)
                ready(page, url)
                page.get_by_role("button", name=LAST_DRAWN).wait_for(timeout=60_000)
                (folder / f"{name}-{size}.png").write_bytes(painted(page))
                page.close()
            browser.close()


if __name__ == "__main__":
    asked = [name for name in sys.argv[2:] if name not in SIZES]
    main(Path(sys.argv[1]), asked, [name for name in sys.argv[2:] if name in SIZES] or list(SIZES)[:2])
