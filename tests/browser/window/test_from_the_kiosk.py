"""From the kiosk into the guided window and back: a served terminal, and a Chromium that finds our pages instead.

Only the program given with ``--chromium`` knows that francetravail.fr is here: the terminal is the one that is shipped.
"""

from __future__ import annotations

import datetime
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.browser.person import Person
from tests.browser.scene import TERMINAL, chromium_that_finds, windows
from tests.browser.window.pages import Pages, served
from tests.stage import Stage

ASK, OPEN = "M’inscrire à France Travail", "Ouvrir francetravail.fr"
MYSELF = "M’inscrire moi-même en ligne, maintenant"
PROFILE = "--user-data-dir="


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """Stands for francetravail.fr, with a certificate of its own making."""
    folder = tmp_path_factory.mktemp("site")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "www.francetravail.fr")])
    now = datetime.datetime.now(datetime.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now).not_valid_after(now + datetime.timedelta(days=2))
    (folder / "all.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "all.pem")
    with served(context) as pages:
        yield pages


@pytest.fixture(scope="module")
def kiosk(prepared: Stage, site: Pages, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A terminal that opens guided windows, beside its hub."""
    folder = tmp_path_factory.mktemp("kiosk")
    own = prepared.copy(folder / "stage")
    own.hub_up()
    own.terminal_up(*TERMINAL, "--chromium", str(chromium_that_finds(site, folder)))
    yield own
    own.close()


def opens_the_window(person: Person, kiosk: Stage, site: Pages) -> tuple[psutil.Process, Path]:
    """From the menu to the page of the site; returns the window's process and its profile."""
    site.asked.clear()
    person.touch(OPEN)
    person.sees("Une fenêtre est ouverte", "La fermer")
    assert site.first_asked().startswith("www.francetravail.fr/candidat/")
    (window,) = windows(kiosk)
    profile = next(word for word in window.cmdline() if word.startswith(PROFILE))
    return window, Path(profile.removeprefix(PROFILE))


def test_into_the_window_and_back_and_what_is_left_of_it(
    kiosk: Stage, site: Pages, visitor: Callable[..., Person]
) -> None:
    person = visitor("portrait")
    person.opens(kiosk.kiosk_url)
    person.begins()
    person.touch("Possible ici")
    person.touch(ASK)
    person.is_at(ASK)
    person.touch(MYSELF)
    person.sees("M’inscrire sur francetravail.fr", "Personne ici ne voit ce que vous écrivez.")
    _, profile = opens_the_window(person, kiosk, site)
    assert profile.is_dir()
    person.touch("La fermer")
    person.is_at(ASK)
    assert not profile.exists()
    assert windows(kiosk) == []
    person.touch(MYSELF)
    window, profile = opens_the_window(person, kiosk, site)
    window.kill()
    person.sees("La fenêtre s’est fermée toute seule.")
    assert not profile.exists()
    window, profile = opens_the_window(person, kiosk, site)
    person.page.close()  # the page of the visit is gone: fifteen seconds later so is the visit, and its window with it
    until = time.monotonic() + 40
    while profile.exists() and time.monotonic() < until:
        time.sleep(0.5)
    assert not profile.exists()
    assert windows(kiosk) == []
