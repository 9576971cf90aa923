"""Builds the folder that the kiosk's browser is served from, out of the INSTALLED flet_web: nothing comes from outside.

Ours are: `index.html` (French, semantics on, no context menu, beacon of activity, our own first screen),
`FontManifest.json` (our fonts only, so that nothing else is loaded before the first frame), fonts and pictograms.
"""

import json
import shutil
from pathlib import Path

import flet_web

from kiosk.tokens import FONT, ICONS_BOLD, ICONS_FILL

ROOM = Path(__file__).parent
FONTS = ROOM / "fonts"
PICTOGRAMS = ROOM / "pictograms"
CONFIG_MARK = "<!-- fletAppConfig -->"
FACES = {
    FONT: (("AtkinsonHyperlegibleNext-400.ttf", 400), ("AtkinsonHyperlegibleNext-600.ttf", 600)),
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
    shutil.copy(ROOM / "kiosk.js", folder)
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
    waiting = '<div id="loading" role="status" aria-label="Un instant" style="position:fixed;inset:0"></div>'
    page = page[:start] + waiting + page[end:]
    page = page.replace("<html>", '<html lang="fr" translate="no">')
    page = page.replace('<link rel="manifest" href="manifest.json">', "")
    page = page.replace('<script src="python.js"></script>', "")
    preload = "".join(
        f'<link rel="preload" href="assets/fonts/{file}" as="fetch" crossorigin="anonymous">'
        for faces in FACES.values()
        for file, _ in faces
    )
    preload += '<link rel="preload" href="main.dart.wasm" as="fetch" crossorigin="anonymous">'
    ours = f'<style>html,body{{background:#0B3B45}}</style>{preload}<script src="kiosk.js"></script>'
    return page.replace(CONFIG_MARK, f"{CONFIG_MARK}\n{ours}")
