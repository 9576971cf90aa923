"""What is near a site, as shown on its terminals: job offers, and services that help. Written by the hub only.

Neither holds a person: who answers is an organisation, and the names of contacts are left out where they enter.
Sources: docs/sources.md, vocabularies.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field as Limit
from sqlalchemy import JSON
from sqlmodel import Field

from sync.merge import Policy
from sync.records.base import Code, Line, Paragraph, RecordFields, RecordTable, UtcTime

CONTRACTS = ("cdi", "cdd", "interim", "saisonnier", "alternance", "autre")
NEEDS = (
    "emploi", "formation", "mobilite", "famille", "logement", "argent", "sante", "droits", "numerique", "entreprise",
    "autre",
)  # fmt: skip
"""What a service helps with, in the words of a visitor: coarser than the themes of data.inclusion."""
POSTS_MAX = 999
WEEKLY_HOURS_MAX = 99


class OfferFields(RecordFields):
    """One job offer. ``updated_at`` is when its source last confirmed it; it is shown no more after ``closes_at``."""

    kind: ClassVar[str] = "offer"

    external_ref: Annotated[Code, Policy.HUB_WINS]
    title: Annotated[Line, Policy.HUB_WINS]
    employer: Annotated[Line, Policy.HUB_WINS] = ""
    place: Annotated[Line, Policy.HUB_WINS]
    contract: Annotated[Code, Policy.HUB_WINS] = "autre"
    contract_length: Annotated[Line, Policy.HUB_WINS] = ""
    working_time: Annotated[Line, Policy.HUB_WINS] = ""
    pay: Annotated[Line, Policy.HUB_WINS] = ""
    experience: Annotated[Line, Policy.HUB_WINS] = ""
    posts: Annotated[int | None, Policy.HUB_WINS, Limit(ge=1, le=POSTS_MAX)] = None
    summary: Annotated[Paragraph, Policy.HUB_WINS] = ""
    how_to_apply: Annotated[Line, Policy.HUB_WINS] = ""
    published_at: Annotated[UtcTime, Policy.HUB_WINS]
    updated_at: Annotated[UtcTime, Policy.HUB_WINS]
    closes_at: Annotated[UtcTime | None, Policy.HUB_WINS] = None
    source: Annotated[Line, Policy.HUB_WINS] = ""


class ServiceFields(RecordFields):
    """One service of the directory, with the organisation that gives it.

    ``weekly_hours`` is what it takes a week, for those who look for activities of a contrat d'engagement.
    """

    kind: ClassVar[str] = "service"

    external_ref: Annotated[Code, Policy.HUB_WINS]
    name: Annotated[Line, Policy.HUB_WINS]
    organisation: Annotated[Line, Policy.HUB_WINS]
    needs: Annotated[list[Code], Policy.HUB_WINS] = Field(default_factory=list, sa_type=JSON)
    summary: Annotated[Paragraph, Policy.HUB_WINS] = ""
    address: Annotated[Line, Policy.HUB_WINS] = ""
    town: Annotated[Line, Policy.HUB_WINS] = ""
    phone: Annotated[Line, Policy.HUB_WINS] = ""
    link: Annotated[Line, Policy.HUB_WINS] = ""
    hours: Annotated[Line, Policy.HUB_WINS] = ""
    conditions: Annotated[Line, Policy.HUB_WINS] = ""
    cost: Annotated[Line, Policy.HUB_WINS] = ""
    on_site: Annotated[bool, Policy.HUB_WINS] = False
    from_afar: Annotated[bool, Policy.HUB_WINS] = False
    through_a_professional: Annotated[bool, Policy.HUB_WINS] = False
    weekly_hours: Annotated[int | None, Policy.HUB_WINS, Limit(ge=1, le=WEEKLY_HOURS_MAX)] = None
    updated_at: Annotated[UtcTime, Policy.HUB_WINS]
    source: Annotated[Line, Policy.HUB_WINS] = ""


class Offer(OfferFields, RecordTable, table=True):
    """The row of a job offer."""

    __tablename__ = "offer"


class Service(ServiceFields, RecordTable, table=True):
    """The row of a service."""

    __tablename__ = "service"
