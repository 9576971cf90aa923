"""A Morango replica that answers as ``tests.bench.answering`` says, with what Kolibri's ``sync`` command does.

Its folder is ``SITE_DIR``, the hub ``HUB_URL``, its name ``REPLICA``, the dataset's ``DATASET``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

os.environ["MORANGO_SYSTEM_ID"] = os.environ["REPLICA"]
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.peers.morango_site.settings"

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from morango.models.certificates import Certificate, Filter, ScopeDefinition  # noqa: E402
from morango.models.core import InstanceIDModel  # noqa: E402
from morango.sync.controller import MorangoProfileController  # noqa: E402

from tests.bench.answering import serve  # noqa: E402
from tests.bench.peers.morango_site.contact.models import SCOPE, Registration  # noqa: E402
from tests.bench.records import records  # noqa: E402

DATASET = os.environ["DATASET"]
RETRIES, CHUNK = 7, 500  # Morango's own defaults
IDS_PER_QUERY = 500


class MorangoTerminal:
    """One replica: a database, a certificate, and the hub's."""

    def __init__(self) -> None:
        call_command("migrate", verbosity=0, run_syncdb=True)
        ScopeDefinition.objects.create(**SCOPE)
        InstanceIDModel.get_or_create_current_instance(clear_cache=True)
        self.controller = MorangoProfileController("pointcontact")

    def connect(self) -> Any:
        """A connection as the product makes it."""
        return self.controller.create_network_connection(os.environ["HUB_URL"] + "/", retries=RETRIES, chunk_size=CHUNK)

    def enrol(self) -> None:
        """Asks the hub for a certificate."""
        connection = self.connect()
        server = connection.get_remote_certificates(DATASET, "full")[0]
        self.mine = connection.certificate_signing_request(
            server, "full", {"dataset_id": DATASET}, userargs="admin", password="password"
        )
        self.theirs = Certificate.objects.get(id=server.id)
        connection.close()

    def seed(self, count: int) -> None:
        """Saves the records as an application would."""
        with transaction.atomic():
            for record in records(count):
                fields: dict[str, Any] = dict(record)
                fields["source"] = fields.pop("id")
                Registration(dataset_id=DATASET, **fields).save()

    def edit(self, ids: Sequence[str], values: Mapping[str, Any]) -> None:
        """Sets fields of local records."""
        with transaction.atomic():
            for one in _by_source(ids):
                for name, value in values.items():
                    setattr(one, name, value)
                one.save()

    def sync(self) -> None:
        """A session, pull, push, close."""
        connection = self.connect()
        session = connection.create_sync_session(self.mine, self.theirs)
        for make in (session.get_pull_client, session.get_push_client):  # the second only after the first has ended
            client = make()
            client.initialize(Filter(DATASET))
            client.run()
            client.finalize()
        connection.close_sync_session(session.sync_session)
        connection.close()

    def count(self) -> int:
        """How many records are held here."""
        return int(Registration.objects.count())


def _by_source(ids: Sequence[str]) -> Iterator[Any]:
    for start in range(0, len(ids), IDS_PER_QUERY):
        yield from Registration.objects.filter(source__in=ids[start : start + IDS_PER_QUERY])


if __name__ == "__main__":
    replica = MorangoTerminal()
    answers = ("enrol", "seed", "edit", "sync", "count")
    serve({name: getattr(replica, name) for name in answers})
