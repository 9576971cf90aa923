"""A terminal for the registration's model, kept in memory: what it was given is there to be compared.

Not a mock: it behaves as ``kiosk.actions.Actions`` does at its seam, on the real table of communes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from content.shelf import Communes, ScreenView
from kiosk.models import registration_steps as steps
from kiosk.models.registration import Registration
from kiosk.views import DeliveryView, NetworkView, PreparedView, SiteView
from sync.change import Value
from sync.errors import DiskFull

NOW = datetime(2026, 11, 17, 9, 42, tzinfo=UTC)
TABLE = Communes()
SITE = SiteView(
    "saint-aubin", "Mairie de Saint-Aubin-sur-Sauldre", "mairie", "1 place de la Mairie", "41300", "Salbris",
    "Centre-Val de Loire", "Europe/Paris", "FR", "02 54 00 00 00", "", True,
)  # fmt: skip


@dataclass
class Desk:
    """The seam of the model."""

    moment: datetime = NOW
    where: SiteView = SITE
    sealed: list[dict[str, Value]] = field(default_factory=list)
    disk_full: bool = False
    rounds_asked: int = 0
    state: DeliveryView = field(default_factory=lambda: DeliveryView("waiting"))
    online: bool | None = True

    def now(self) -> datetime:
        return self.moment

    def site(self) -> SiteView:
        return self.where

    def network(self) -> NetworkView:
        return NetworkView(self.online, None, None, 0, True)

    def commune_table(self) -> Communes:
        return TABLE

    def privacy_notice(self, language: str) -> ScreenView:
        return _screen(language, "Vos données")

    def privacy_full(self, language: str) -> list[ScreenView]:
        return [_screen(language, "Qui est responsable")]

    def sync_soon(self) -> None:
        self.rounds_asked += 1

    def delivery(self, kind: str, record_id: str) -> DeliveryView:
        assert (kind, record_id) == ("registration", "0190")
        return self.state

    def prepare_registration(
        self, answers: Mapping[str, Value], *, notice_version: str, notice_read_at: datetime, language: str,
        if_unsent: str,
    ) -> PreparedView:  # fmt: skip
        self.if_unsent = if_unsent
        if self.disk_full:
            raise DiskFull("Le disque est plein.")
        self.sealed.append(dict(answers))
        return PreparedView("0190", "K7F M2Q XP4R", "https://hub.example/c/ABC", self.moment)


def _screen(language: str, title: str) -> ScreenView:
    return ScreenView(
        id="confidentialite", flow="confidentialite", order=1, language=language, title=title, blocks=(), nav=(),
        sources=(), version=3, owner="", valid_from=date(2026, 1, 1), valid_to=None, review_by=date(2027, 1, 1),
    )  # fmt: skip


AWA: dict[str, object] = {
    "deja_inscrit": ["non"],
    "civilite": ["madame"],
    "nom_naissance": "Lefèvre-N’Diaye",
    "nom_usage": None,
    "prenoms": "Awa Zoé",
    "date_naissance": ("5", "4", "1998"),
    "lieu_naissance": ["france"],
    "commune_naissance": "Saint-Denis",
    "commune_naissance_choix": ["Saint-Denis (974)"],
    "code_postal": "97490",
    "commune": ["97411"],
    "adresse": "3 bis, rue de l’Église",
    "telephone": "0692123456",
    "courriel": "awa@exemple.fr",
    "situation": ["sans_emploi", "en_formation"],
    "fin_dernier_contrat": ("30", "9", "2026"),
    "niveau": ["NV4"],
    "metier_vise": "Aide à domicile",
    "disponibilite": ["tout_de_suite"],
    "mobilite_km": ["20"],
    "mobilite_moyen": ["voiture", "velo"],
    "langue": ["rcf"],
}
"""A whole answer for each step that a person may meet; ``None`` skips."""


def reply(model: Registration, given: object) -> str | None:
    """Answers the present question as a finger would; returns the sentence of the problem, if any."""
    question = model.question()
    if given is None and question.skip:
        model.skip()
        return None
    if isinstance(given, tuple):
        problem = model.answer(dict(zip(("jour", "mois", "annee"), given, strict=True)))
    elif isinstance(given, str):
        problem = model.answer({question.key: given})
    else:
        problem = model.answer(chosen=given if isinstance(given, list) else ())
    return problem.sentence if problem else None


def walk(model: Registration, person: Mapping[str, object], until: str = steps.RECAP) -> list[str]:
    """Answers everything up to ``until``; returns the steps met, in order."""
    met = []
    for _ in range(60):
        key = model.place()
        if key == until:
            return met
        met.append(key)
        problem = reply(model, person.get(key))
        assert problem is None, (key, problem)
    raise AssertionError(f"never reached {until}: {met}")
