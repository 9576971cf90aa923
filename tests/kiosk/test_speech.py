"""What is read aloud: a text, and the sound that espeak-ng really makes of it."""

from __future__ import annotations

import io
import time
import wave
from pathlib import Path

import pytest

from kiosk.models.registration_recap import RecapLine
from kiosk.models.spoken import NAMES, recap_aloud, spelled
from kiosk.speech import Espeak, SpeechFailed, duration_s, find_voice
from sync.claim import ALPHABET


def test_every_letter_of_a_reference_has_its_first_name() -> None:
    assert set(NAMES) == {letter for letter in ALPHABET if letter.isalpha()}
    assert all(name[0].translate(str.maketrans("É", "E")) == letter for letter, name in NAMES.items())


@pytest.mark.parametrize("language", ["fr", "fr-simple"])
def test_a_code_is_spelled_twice_group_by_group(language: str) -> None:
    lines = spelled("K7F\u00a0M2Q\u00a0XP4R", language).split("\n")
    assert lines.count("K, comme Kléber.") == lines.count("7.") == 2
    assert [line for line in lines if line.startswith("Groupe")] == ["Groupe 1.", "Groupe 2.", "Groupe 3."] * 2
    assert lines.index("4.") < lines.index("Je répète.")


def test_the_answers_are_read_with_the_sentence_that_never_leaves() -> None:
    said = recap_aloud([RecapLine("nom", "Nom de naissance", "N’Diaye", given=True)], "fr").replace("\u00a0", " ")
    assert "Nom de naissance : N’Diaye." in said
    assert said.split("\n")[-2] == "Cette préparation n’est pas une inscription."


def test_the_voice_makes_a_sound_of_its_own_length_and_nothing_on_the_disk(tmp_path: Path) -> None:
    voice = find_voice()
    assert voice is not None, "install the Debian package « espeak-ng » (packaging/system_packages.sh test)"
    short, long = voice.wav("Bonjour."), voice.wav(spelled("K7F M2Q XP4R", "fr"))
    with wave.open(io.BytesIO(long)) as sound:
        assert sound.getnframes() / sound.getframerate() == pytest.approx(duration_s(long), abs=0.01)
        assert any(sound.readframes(sound.getnframes()))
    assert duration_s(short) < 3 < 20 < duration_s(long) < 120


@pytest.mark.parametrize("body", ["exit 1", "exit 0", "exec sleep 60"])
def test_a_voice_that_fails_says_so_without_the_text(
    tmp_path: Path, body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "espeak-ng"
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o700)
    monkeypatch.setattr("kiosk.speech.RENDER_S", 0.5)
    began = time.monotonic()
    with pytest.raises(SpeechFailed) as failed:
        Espeak(str(program)).wav("mon code")
    assert "code" not in str(failed.value)
    assert time.monotonic() - began < 10


def test_without_espeak_nothing_offers_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert find_voice() is None
