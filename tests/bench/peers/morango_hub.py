"""Morango's hub: Django under waitress, SQLite. Argument: PORT; its folder is ``SITE_DIR``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.peers.morango_site.settings"
os.environ["MORANGO_SYSTEM_ID"] = "hub"

import django

django.setup()

import waitress  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from morango.models.certificates import Certificate, ScopeDefinition  # noqa: E402

from tests.bench.peers.morango_site.contact.models import SCOPE, HubUser  # noqa: E402

THREADS = 4


def prepare() -> None:
    """Makes the database, the root certificate and the user; the dataset's name is left in a file."""
    call_command("migrate", verbosity=0, run_syncdb=True)
    if Certificate.objects.exists():
        return
    ScopeDefinition.objects.create(**SCOPE)
    certificate = Certificate.generate_root_certificate("full")
    user = HubUser(username="admin")
    user.set_password("password")
    user.save()
    (Path(os.environ["SITE_DIR"]) / "dataset").write_text(certificate.id, encoding="ascii")


if __name__ == "__main__":
    prepare()
    waitress.serve(get_wsgi_application(), host="127.0.0.1", port=int(sys.argv[1]), threads=THREADS)
