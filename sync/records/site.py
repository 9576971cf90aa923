"""One Point Contact: where it is, its time zone, who to call. Written by the hub only."""

from __future__ import annotations

from typing import Annotated, ClassVar

from sync.merge import Policy
from sync.records.base import Code, Line, Paragraph, RecordFields, RecordTable


class SiteFields(RecordFields):
    """The fields of a site; its ``id`` equals its ``site_id``.

    ``rsa_orientation_delegated``: the département has delegated to France Travail the orientation of those who receive
    or ask for the RSA (art. L5411-5-1 II of the Code du travail). What it says to a visitor is content.
    """

    kind: ClassVar[str] = "site"

    name: Annotated[Line, Policy.HUB_WINS]
    category: Annotated[Code, Policy.HUB_WINS] = "mairie"
    address: Annotated[Line, Policy.HUB_WINS] = ""
    postal_code: Annotated[Line, Policy.HUB_WINS] = ""
    commune_code: Annotated[Line, Policy.HUB_WINS] = ""
    commune_name: Annotated[Line, Policy.HUB_WINS] = ""
    region: Annotated[Line, Policy.HUB_WINS] = ""
    zone: Annotated[Line, Policy.HUB_WINS] = "Europe/Paris"
    phone_region: Annotated[Code, Policy.HUB_WINS] = "FR"
    phone: Annotated[Line, Policy.HUB_WINS] = ""
    opening_hours: Annotated[Paragraph, Policy.HUB_WINS] = ""
    rsa_orientation_delegated: Annotated[bool, Policy.HUB_WINS] = False
    demonstration: Annotated[bool, Policy.HUB_WINS] = False


class Site(SiteFields, RecordTable, table=True):
    """The row of a site."""

    __tablename__ = "site"
