"""Builds the folder that the kiosk's browser is served from, out of the INSTALLED flet_web: nothing comes from outside.

Ours are: `index.html` (French, semantics on, no context menu, beacon of activity, our own first screen),
`FontManifest.json` (our fonts only, so that nothing else is loaded before the first frame), fonts, pictograms and two
sounds.
"""

import json
import shutil
from pathlib import Path

import flet_web

from kiosk import chime
from kiosk.faces import FONTS, NAMES, WEIGHTS, file_of
from kiosk.tokens import ICONS_BOLD, ICONS_FILL

ROOM = Path(__file__).parent
PICTOGRAMS = ROOM / "pictograms"
SCRIPTS = ("kiosk.js", "focus.js")
CONFIG_MARK = "<!-- fletAppConfig -->"
FIRST_PICTURES = ("village", "habitants")  # those of the attract screen, there at its first frame
STYLE = (
    "html,body{background:#0B3B45}"
    "#cover{position:fixed;inset:0;z-index:99;pointer-events:none;background:#0B3B45;color:#FFF;"
    "display:flex;flex-direction:column;align-items:center;justify-content:center;gap:28px;font:600 32px sans-serif}"
    "#cover i{position:absolute;border-radius:50%}"
)
# Over Flet's own grey screens (in English) until ours is drawn; kiosk.js then takes it away. Our mark is two discs.
WAITING = (
    '<div id="loading" hidden></div><div id="cover" role="status">'
    '<div style="position:relative;width:112px;height:112px" aria-hidden="true">'
    '<i style="left:0;top:38px;width:68px;height:68px;background:#FFF"></i>'
    '<i style="left:62px;top:12px;width:50px;height:50px;background:#FFC933"></i></div>Un instant</div>'
)
FACES = {
    **{face: tuple((file_of(face, weight), weight) for weight in WEIGHTS) for face in NAMES},
    ICONS_BOLD: (("Phosphor-Bold.ttf", 400),),
    ICONS_FILL: (("Phosphor-Fill.ttf", 400),),
}


def build(folder: Path) -> Path:
    """Fills `folder` (made anew) and returns it. RuntimeError when the installed flet_web is not the one we know."""
    page = (Path(flet_web.get_package_web_dir()) / "index.html").read_text(encoding="utf-8")
    if CONFIG_MARK not in page or '<div id="loading"' not in page:
        raise RuntimeError("the installed flet_web has another index.html: kiosk/web/assets.py must be read again")
    shutil.rmtree(folder, ignore_errors=True)
    fonts = folder / "assets" / "fonts"
    fonts.mkdir(parents=True)
    for faces in FACES.values():
        for file, _ in faces:
            shutil.copy(FONTS / file, fonts)
    (folder / "assets" / "FontManifest.json").write_text(json.dumps(font_manifest()), encoding="utf-8")
    shutil.copytree(PICTOGRAMS, folder / "pictograms")
    for script in SCRIPTS:
        shutil.copy(ROOM / script, folder)
    (folder / "sounds").mkdir()
    (folder / "sounds" / "chime.wav").write_bytes(chime.wav())
    (folder / "sounds" / "still-there.wav").write_bytes(chime.wav(chime.STILL_THERE))
    (folder / "index.html").write_text(index_page(page), encoding="utf-8")
    return folder


def font_manifest() -> list[dict[str, object]]:
    """Our families in Flutter's form. Material and Cupertino icons are left out: no part of ours draws them."""
    return [
        {"family": family, "fonts": [{"asset": f"fonts/{file}", "weight": weight} for file, weight in faces]}
        for family, faces in FACES.items()
    ]


def index_page(page: str) -> str:
    """Our `index.html`, from the one of flet_web."""
    start = page.index('<div id="loading"')
    end = page.index("</div>", start) + len("</div>")
    page = page[:start] + WAITING + page[end:]
    page = page.replace("<html>", '<html lang="fr" translate="no">')
    page = page.replace('<link rel="manifest" href="manifest.json">', "")
    page = page.replace('<script src="python.js"></script>', "")
    preload = "".join(
        f'<link rel="preload" href="assets/fonts/{file}" as="fetch" crossorigin="anonymous">'
        for faces in FACES.values()
        for file, _ in faces
    )
    for picture in FIRST_PICTURES:
        preload += f'<link rel="preload" href="pictograms/{picture}.png" as="fetch" crossorigin="anonymous">'
    preload += '<link rel="preload" href="main.dart.wasm" as="fetch" crossorigin="anonymous">'
    scripts = "".join(f'<script src="{script}"></script>' for script in SCRIPTS)
    ours = f"<style>{STYLE}</style>{preload}{scripts}"
    return page.replace(CONFIG_MARK, f"{CONFIG_MARK}\n{ours}")
