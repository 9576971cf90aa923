"""What is read aloud: a text, and the sound that espeak-ng really makes of it."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import time
import wave
from pathlib import Path

import pytest

from content.errors import CorruptedPack
from content.recordings import Recordings
from kiosk.models.registration_recap import RecapLine
from kiosk.models.spoken import NAMES, recap_aloud, spelled
from kiosk.speech import MANNERS, Espeak, Read, Remembering, SpeechFailed, duration_s, find_voice
from kiosk.wording import say
from sync.claim import ALPHABET
from tests.kiosk.voices import Recording, silence


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


def test_the_voice_makes_a_sound_of_its_own_length_and_nothing_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOME", "TMPDIR", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path))
    voice = find_voice()
    assert voice is not None, "install the Debian package « espeak-ng » (packaging/system_packages.sh test)"
    short, long = voice.wav("Bonjour."), voice.wav(spelled("K7F M2Q XP4R", "fr"))
    with wave.open(io.BytesIO(long)) as sound:
        assert sound.getnframes() / sound.getframerate() == pytest.approx(duration_s(long), abs=0.01)
        assert any(sound.readframes(sound.getnframes()))
    assert duration_s(short) < 3 < 20 < duration_s(long) < 120
    assert list(tmp_path.rglob("*")) == []


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


@pytest.mark.parametrize("language", MANNERS)
def test_every_language_with_a_voice_makes_a_sound_as_long_as_its_words(language: str) -> None:
    voice = find_voice()
    assert voice is not None
    assert voice.speaks(language)
    one = str(say("home.title", language))
    short, long = (duration_s(voice.wav(text, language)) for text in (one, f"{one}\n\n" * 3))
    assert 0.5 < short < 6
    assert 2 * short < long < 4 * short


def test_simple_french_is_read_more_slowly() -> None:
    voice = find_voice()
    assert voice is not None
    sentence = "Ici, vous préparez votre inscription à France Travail."
    assert duration_s(voice.wav(sentence, "fr-simple")) > 1.1 * duration_s(voice.wav(sentence, "fr"))


@pytest.mark.parametrize("language", ["ar", "fa"])
def test_a_language_that_would_be_read_badly_is_not_read(language: str) -> None:
    voice = find_voice()
    assert voice is not None
    assert not voice.speaks(language)
    with pytest.raises(SpeechFailed):
        voice.wav("مرحبا", language)


def test_a_voice_that_is_not_installed_is_not_offered(tmp_path: Path) -> None:
    program = tmp_path / "espeak-ng"
    program.write_text("#!/bin/sh\nprintf 'Pty Language\\n 5 fr-fr --/M French\\n 5 es --/M Spanish\\n'\n")
    program.chmod(0o700)
    assert [language for language in MANNERS if Espeak(str(program)).speaks(language)] == ["fr", "fr-simple", "es"]


def test_only_sentences_of_the_interface_are_kept_and_never_more_than_their_room() -> None:
    inner = Recording(1.0)
    voice = Remembering(inner, kept_bytes=2 * len(silence(1.0)))
    fixed = [str(say(key)) for key in ("home.title", "frame.back", "frame.continue")]
    for words in ("Votre nom : Sukarno.", *fixed, fixed[-1]):
        voice.wav(words, "fr")
    assert inner.said == ["Votre nom : Sukarno.", *fixed], "the last one was kept"
    assert voice.kept() == fixed[1:]
    voice.wav(fixed[-1], "fr", slow=True)
    assert inner.said[-1] == fixed[-1], "at another pace it is another sound"


def test_a_recording_is_played_for_exactly_its_words_and_an_altered_one_is_refused(tmp_path: Path) -> None:
    sound = silence(2.0)
    (tmp_path / "merci.wav").write_bytes(sound)
    entry = {
        "language": "fr", "words": "Merci.", "file": "merci.wav", "sha256": hashlib.sha256(sound).hexdigest(),
        "read_by": "Une personne", "read_on": "2026-11-20",
    }  # fmt: skip
    (tmp_path / "index.json").write_text(json.dumps([entry]))
    inner = Recording(1.0)
    voice = Read(inner, Recordings.open(tmp_path).sound)
    assert voice.wav("Merci.", "fr") == sound
    assert voice.wav("Merci.", "fr-simple") != sound
    assert voice.wav("Merci bien.", "fr") != sound
    assert inner.said == ["Merci.", "Merci bien."]
    (tmp_path / "merci.wav").write_bytes(sound + b"x")
    with pytest.raises(CorruptedPack, match=r"merci\.wav"):
        Recordings.open(tmp_path)
    assert Recordings.open(tmp_path / "none").sound("Merci.", "fr") is None


def test_the_length_of_an_ogg_recording_is_read_from_its_last_page() -> None:
    page = b"OggS" + bytes(2) + struct.pack("<q", 96_000) + bytes(14)
    assert duration_s(b"OggS" + bytes(30) + page) == pytest.approx(2.0)
    assert duration_s(b"") == 0.0
