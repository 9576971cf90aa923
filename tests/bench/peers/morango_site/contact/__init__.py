"""The application of the site."""

default_app_config = "tests.bench.peers.morango_site.contact.apps.ContactConfig"
