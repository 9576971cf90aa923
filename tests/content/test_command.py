"""The ``content`` commands: their sentences and their exit status."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from content.command import content
from content.shelf import Shelf
from tests.content.samples import raw, write


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(content, list(arguments))
    return result.exit_code, result.stdout, result.stderr


def faulty() -> dict[str, object]:
    document = raw()
    document["source"] = []
    return document


def test_check_says_that_all_is_well() -> None:
    status, said, faults = run("check")
    assert status == 0
    assert "rien à corriger" in said
    assert "champ" not in faults or "À savoir" in faults


def test_check_names_each_fault_and_fails(tmp_path: Path) -> None:
    status, said, faults = run("check", str(write(tmp_path, faulty())))
    assert (status, said) == (1, "")
    assert "00-essai.yaml, champ «\u00a0source\u00a0»\u00a0: un écran de droit a une source au moins." in faults
    assert "Error" not in faults


def test_check_gives_the_same_faults_as_json(tmp_path: Path) -> None:
    status, said, _ = run("check", str(write(tmp_path, faulty())), "--json")
    assert status == 1
    report = json.loads(said)
    assert (report["release"], report["documents"]) == ("2027.1.1", 5)
    assert [fault["field"] for fault in report["faults"]] == ["source"]


def test_build_writes_a_release_that_a_shelf_opens(tmp_path: Path) -> None:
    folder = write(tmp_path, raw())
    status, said, _ = run("build", str(folder), "--output", str(tmp_path / "out"), "--json")
    assert status == 0
    assert json.loads(said)["files"] == 11
    assert Shelf.open(tmp_path / "out").version == "2027.1.1"


def test_build_writes_beside_its_sources_by_default(tmp_path: Path) -> None:
    assert run("build", str(write(tmp_path, raw())))[0] == 0
    assert run("build", str(tmp_path))[0] == 0
    assert Shelf.open(tmp_path / "compiled").flows


def test_build_writes_nothing_when_something_is_wrong(tmp_path: Path) -> None:
    status, _, faults = run("build", str(write(tmp_path, faulty())), "--output", str(tmp_path / "out"))
    assert status == 1
    assert "Rien n’a été écrit" in faults
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_not_one_of_contents_is_refused(tmp_path: Path) -> None:
    status, _, faults = run("check", str(tmp_path))
    assert status == 1
    assert "release.yaml" in faults
    assert len(faults.strip().splitlines()) == 1


@pytest.mark.parametrize("name", ["preview", "sign", "publish", "withdraw", "status"])
def test_a_command_of_a_later_issue_says_so(name: str) -> None:
    status, said, faults = run(name, "contrat", "--force")
    assert (status, said) == (1, "")
    assert f"content {name}" in faults
    assert "n’existe pas encore" in faults
