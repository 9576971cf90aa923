"""The record of the benchmark as Morango carries it, and the user that it asks for."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from morango.models.core import SyncableModel

SCOPE = {
    "id": "full",
    "profile": "pointcontact",
    "version": 1,
    "primary_scope_param_key": "dataset_id",
    "description": "all",
    "read_filter_template": "",
    "write_filter_template": "",
    "read_write_filter_template": "${dataset_id}",
}


class HubUser(AbstractBaseUser):  # type: ignore[misc]
    """Whoever knows the password may take part."""

    USERNAME_FIELD = "username"
    username = models.CharField(max_length=20, unique=True)
    objects = BaseUserManager()

    def has_morango_certificate_scope_permission(self, _definition: str, _params: Any) -> bool:
        """Morango asks before it signs a certificate."""
        return True


class Registration(SyncableModel):  # type: ignore[misc]
    """The 20 fields; ``source`` is the record's id."""

    morango_profile = "pointcontact"
    morango_model_name = "registration"
    dataset_id = models.CharField(max_length=32)
    source = models.CharField(max_length=36)
    civility = models.CharField(max_length=8, blank=True)
    last_name = models.CharField(max_length=80)
    first_name = models.CharField(max_length=80)
    birth_date = models.CharField(max_length=10)
    email = models.CharField(max_length=120)
    phone = models.CharField(max_length=20)
    address = models.CharField(max_length=200)
    postcode = models.CharField(max_length=8)
    city = models.CharField(max_length=80)
    ft_id = models.CharField(max_length=12)
    purpose = models.CharField(max_length=400)
    notes = models.TextField(blank=True)
    consent = models.BooleanField(default=False)
    language = models.CharField(max_length=8)
    status = models.CharField(max_length=12)
    site_id = models.CharField(max_length=12)
    terminal_id = models.CharField(max_length=12)
    created_at = models.CharField(max_length=30)
    updated_at = models.CharField(max_length=30)

    def calculate_source_id(self, *_given: Any, **_named: Any) -> str:
        """What makes the record's id the same everywhere."""
        return str(self.source)

    def calculate_partition(self, *_given: Any, **_named: Any) -> str:
        """What a certificate gives access to."""
        return f"{self.dataset_id}:registration"
