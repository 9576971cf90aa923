"""Settings of the site: one SQLite file in the folder ``SITE_DIR``."""

from __future__ import annotations

import os

SECRET_KEY = "bench"
DEBUG = False
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "rest_framework",
    "morango",
    "tests.bench.peers.morango_site.contact",
]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "morango.urls"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.path.join(os.environ["SITE_DIR"], "db.sqlite3"),  # noqa: PTH118 (Django 3.2 wants a text)
        "OPTIONS": {"timeout": 60},
    }
}
AUTH_USER_MODEL = "contact.HubUser"
USE_TZ = True
LOGGING_CONFIG = None
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
