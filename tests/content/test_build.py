"""The build: same sources, same bytes; and what it writes is what the sources say."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from content.build import SOURCES, compile_release, compile_screen, read_sources, write_release
from content.errors import ContentError, InvalidPack
from content.pack import parse
from content.shelf import SHIPPED, Shelf
from tests.content.samples import raw, sources, with_block, write


def files_of(folder: Path) -> dict[str, bytes]:
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


def test_the_same_sources_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_release(compile_release(read_sources()), tmp_path / name)
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")


def test_the_bytes_do_not_depend_on_the_process_or_the_order_of_files(tmp_path: Path) -> None:
    script = "import sys; from pathlib import Path; from content.build import *\n"
    script += "write_release(compile_release(read_sources(Path(sys.argv[1]))), Path(sys.argv[2]))"
    documents = [raw(id=f"ecran-{letter}", order=n + 1) for n, letter in enumerate("abcd")]
    outputs = []
    for seed in ("1", "2"):
        random.Random(seed).shuffle(documents)
        folder = write(_made(tmp_path / seed), *documents)
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": f"UTC+{seed}"}
        target = tmp_path / f"out-{seed}"
        subprocess.run([sys.executable, "-c", script, str(folder), str(target)], check=True, env=environment)
        outputs.append(files_of(target))
    assert outputs[0] == outputs[1]


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_what_is_shipped_was_built_from_these_sources() -> None:
    assert files_of(SHIPPED) == compile_release(read_sources()), "lancez « point-contact content build »"


def test_compiled_files_are_small_and_canonical() -> None:
    for path, data in compile_release(read_sources()).items():
        assert len(data) < (32_000 if path == "index.json" else 16_000), path
        again = json.dumps(json.loads(data), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert data.decode() == f"{again}\n"


def test_text_is_typeset_in_the_compiled_screen() -> None:
    document = parse(with_block({"kind": "text", "text": "C'est clair ?"}), "essai.yaml")
    assert compile_screen(document, "fr").blocks[0].text == "C’est clair\u00a0?"


@pytest.mark.parametrize(
    ("block", "speech"),
    [
        ({"kind": "steps", "text": "Puis :", "items": ["Lire.", "Répondre"]}, "Puis\u00a0: 1. Lire. 2. Répondre."),
        ({"kind": "list", "items": ["un atelier", "une visite"]}, "un atelier. une visite."),
        ({"kind": "illustration", "name": "exemple-semaine", "alt": "Une semaine.", "text": "Là"}, "Là. Une semaine."),
        ({"kind": "phone", "number": "3949", "text": "France Travail", "verified_on": "?"}, "39 49. France Travail."),
        ({"kind": "phone", "number": "112", "text": "Urgences", "verified_on": "?"}, "112. Urgences."),
        ({"kind": "term", "name": "Visio", "text": "Parler par écran."}, "Visio. Parler par écran."),
    ],
)  # fmt: skip
def test_every_block_has_its_spoken_text(block: dict[str, object], speech: str) -> None:
    if "verified_on" in block:
        block["verified_on"] = raw()["valid_from"]
    document = parse(with_block(block), "essai.yaml")
    assert compile_screen(document, "fr").blocks[0].speech == speech


def test_only_the_simple_variant_bears_the_simple_label() -> None:
    document = parse(raw(), "essai.yaml")
    assert compile_screen(document, "fr-simple").label == "Version simplifiée"
    assert compile_screen(document, "fr").label == ""


def test_a_release_replaces_the_older_one_as_a_whole(tmp_path: Path) -> None:
    target = tmp_path / "compiled"
    write_release(compile_release(sources(raw(id="ancien"))), target)
    write_release(compile_release(sources(raw(id="nouveau"))), target)
    assert not list(target.rglob("ancien*"))
    assert Shelf.open(target).screen("nouveau", "fr").id == "nouveau"
    assert [f.name for f in tmp_path.iterdir()] == ["compiled"]


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "photo.txt").write_text("à moi", encoding="utf-8")
    with pytest.raises(ContentError, match="contient autre chose"):
        write_release(compile_release(sources(raw())), tmp_path)
    assert (tmp_path / "photo.txt").read_text(encoding="utf-8") == "à moi"


def test_a_folder_without_a_release_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"release\.yaml"):
        read_sources(tmp_path)


def test_a_field_written_twice_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path, raw())
    file = next(folder.glob("essai/00-*.yaml"))
    file.write_text(file.read_text(encoding="utf-8") + "\norder: 2\n", encoding="utf-8")
    with pytest.raises(InvalidPack, match="écrit deux fois"):
        read_sources(folder)


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"title: : :", "ligne 1"), (b"\xff\xfe", "UTF-8"), (b"", "des champs sont attendus")],
)
def test_an_unreadable_file_is_named(tmp_path: Path, data: bytes, words: str) -> None:
    folder = write(tmp_path, raw())
    (folder / "essai" / "99-abime.yaml").write_bytes(data)
    with pytest.raises(InvalidPack) as caught:
        read_sources(folder)
    assert "essai/99-abime.yaml" in caught.value.message
    assert words in caught.value.message


def test_sources_are_found_in_the_packs_only() -> None:
    files = read_sources(SOURCES).files
    assert files == tuple(sorted(files))
    assert not [file for file in files if file.startswith(("compiled", "reference"))]


def test_numbers_of_the_law_are_compiled_where_there_are_some_and_change_no_other_file(tmp_path: Path) -> None:
    for name in ("plain", "numbered"):
        (tmp_path / name).mkdir()
    plain, numbered = (
        compile_release(read_sources(write(tmp_path / name, raw(**more))))
        for name, more in (("plain", {}), ("numbered", {"values": {"months": 1}}))
    )
    files = [name for name in plain if plain[name] != numbered[name] and name != "index.json"]
    assert sorted(files) == ["contrat/essai.v1.fr-simple.json", "contrat/essai.v1.fr.json"]
    assert b'"values":{"months":1}' in numbered[files[0]]
    assert b"values" not in plain[files[0]]


def test_a_number_that_the_kiosk_does_not_know_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidPack, match="choisissez parmi months"):
        read_sources(write(tmp_path, raw(values={"weeks": 4})))
