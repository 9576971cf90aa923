"""The screens of this terminal: a compiled release on disk, verified, read by flow, language and date.

Nothing here blanks a screen: the day asked for is never taken earlier than the day the release was issued (a terminal
whose clock is years behind still shows the right words), and a screen past its dates is shown with an honest marker.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from content.communes import Commune, Communes, fold
from content.errors import CorruptedPack, UnknownAddress, UnknownScreen
from content.pack import SIMPLE, SOURCE_LANGUAGE
from content.release import Entry, Index, day_shown, read_index
from content.translation import MISSING, withheld
from content.view import AddressView, BlockView, LegendView, NavView, ScreenView, SourceView, fill

__all__ = [
    "AddressView",
    "BlockView",
    "Commune",
    "Communes",
    "LegendView",
    "NavView",
    "ScreenView",
    "Shelf",
    "SourceView",
    "fill",
]

INDEX = "index.json"
SHIPPED = Path(__file__).parent / "packs" / "compiled"
EMERGENCIES, PRIVACY, PRIVACY_FULL, GLOSSARY = "urgences", "confidentialite", "confidentialite-complete", "glossaire"
ACCESSIBILITY = "accessibilite"
EXPIRED = "Ce texte est à vérifier. Sa date de validité est passée. Demandez à l’accueil."
REVIEW_DUE = "Ce texte est à vérifier. Il devait être relu. Demandez à l’accueil."
ADDRESSES, VIDEO = "adresses/", "video"
_SCREEN = TypeAdapter(ScreenView)
_ADDRESS = TypeAdapter(AddressView)


T = TypeVar("T", ScreenView, AddressView)


class Shelf:
    """The screens of one release. Immutable after ``open``; safe to share between visits and threads."""

    def __init__(self, index: Index, screens: Iterable[ScreenView], addresses: Iterable[AddressView] = ()) -> None:
        self._index = index
        self._screens = tuple(screens)
        self._addresses = tuple(addresses)
        self._communes = Communes()

    @classmethod
    def open(cls, path: Path | None = None) -> Shelf:
        """Opens a compiled release and checks every file against its index.

        Args:
            path: folder that holds ``index.json``; None for the starter packs shipped with the program.

        Raises:
            CorruptedPack: a file is missing, too long, altered or not readable.
        """
        folder = SHIPPED if path is None else path
        try:
            index = read_index((folder / INDEX).read_bytes())
        except OSError as error:
            raise CorruptedPack(
                f"Les contenus ne sont pas dans {folder} : lancez « point-contact content build » ou réinstallez-les."
            ) from error
        screens, addresses = [], []
        for entry in index.entries:
            if entry.path.startswith(ADDRESSES):
                addresses.append(_read(folder, entry, _ADDRESS))
            else:
                screens.append(_read(folder, entry, _SCREEN))
        return cls(index, screens, addresses)

    @property
    def version(self) -> str:
        """Name of the release, for the status and for support: ``2026.11.1``."""
        return self._index.release

    @property
    def issued(self) -> date:
        """The day of the release: no text is older news than this day, and no clock is trusted below it."""
        return self._index.issued

    @property
    def flows(self) -> tuple[str, ...]:
        """Names of the flows, sorted."""
        return tuple(sorted({screen.flow for screen in self._screens}))

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages that have at least one screen, French first."""
        found = {screen.language for screen in self._screens}
        return tuple(sorted(found, key=lambda name: (name != SOURCE_LANGUAGE, name)))

    def screens(self, flow: str, language: str, *, now: date | None = None) -> list[ScreenView]:
        """Screens of a flow in order.

        In another language than French each has its French beside it (``french``). A screen that may not be shown in it
        comes in simple French and says why (``withheld``): there is no translation, it was made from an older French,
        or it is law that nobody has reviewed in that language.

        Args:
            now: the day to apply validity dates at (a signed time where there is one); None for today in UTC.

        Raises:
            UnknownScreen: the release has no such flow.
        """
        editions: dict[str, list[ScreenView]] = {}
        for screen in self._screens:
            if screen.flow == flow:
                editions.setdefault(screen.id, []).append(screen)
        if not editions:
            raise UnknownScreen(f"Les contenus n’ont pas de parcours « {flow} » : mettez les contenus à jour.")
        today = day_shown(now or datetime.now(UTC).date(), self.issued)
        chosen = [_edition(found, language, today) for found in editions.values()]
        return sorted((screen for screen in chosen if screen is not None), key=lambda s: (s.order, s.id))

    def screen(self, screen_id: str, language: str, *, now: date | None = None) -> ScreenView:
        """One screen by its id.

        Raises:
            UnknownScreen: there is none, or it is not published yet at this date.
        """
        flows = {screen.flow for screen in self._screens if screen.id == screen_id}
        for flow in flows:
            for found in self.screens(flow, language, now=now):
                if found.id == screen_id:
                    return found
        raise UnknownScreen(f"Les contenus n’ont pas d’écran « {screen_id} » : mettez les contenus à jour.")

    def emergencies(self, language: str, *, now: date | None = None) -> ScreenView:
        """The emergency numbers: one screen whose blocks of kind "phone" are the numbers."""
        return self._first(EMERGENCIES, language, now)

    def privacy_notice(self, language: str, *, now: date | None = None) -> ScreenView:
        """The short privacy notice, before the first field. Keep its ``version_id`` with the record."""
        return self._first(PRIVACY, language, now)

    def privacy_full(self, language: str, *, now: date | None = None) -> list[ScreenView]:
        """The full text of the privacy notice, one subject a screen."""
        return self.screens(PRIVACY_FULL, language, now=now)

    def glossary(self, language: str, *, now: date | None = None) -> tuple[BlockView, ...]:
        """The terms, as blocks of kind "term" (``name`` and ``text``), in alphabetical order."""
        terms = (b for screen in self.screens(GLOSSARY, language, now=now) for b in screen.blocks if b.kind == "term")
        return tuple(sorted(terms, key=lambda term: fold(term.name)))

    def commune_table(self) -> Communes:
        """The national table of communes, read at its first look-up."""
        return self._communes

    def address(self, address_id: str, language: str, *, now: date | None = None) -> AddressView:
        """An address of the guided window; in simple French where it has not this language, or not from this French.

        Unlike a screen, an address past its dates is not opened: where it leads may be somebody else's by then.

        Raises:
            UnknownAddress: there is none that is valid on this day.
        """
        held = {one.language: one for one in self._addresses_on(now) if one.id == address_id}
        french = held.get(SOURCE_LANGUAGE)
        if french is None:
            raise UnknownAddress(f"Les contenus n’ont pas d’adresse « {address_id} » : mettez les contenus à jour.")
        own = held.get(language)
        if language in (SOURCE_LANGUAGE, SIMPLE):
            return own or french
        if own is None or own.made_from != french.made_from:
            return held.get(SIMPLE, french)
        return replace(own, french=french)

    def video_hosts(self, *, now: date | None = None) -> tuple[str, ...]:
        """The hosts of all video providers: what a link of an appointment may lead to."""
        held = (one for one in self._addresses_on(now) if one.purpose == VIDEO and one.language == SOURCE_LANGUAGE)
        return tuple(dict.fromkeys(host for one in held for host in one.hosts))

    def _addresses_on(self, now: date | None) -> list[AddressView]:
        """Every language of the newest edition of each address that is valid on a day."""
        today = day_shown(now or datetime.now(UTC).date(), self.issued)
        held = [a for a in self._addresses if a.valid_from <= today and (a.valid_to is None or today <= a.valid_to)]
        newest = {one.id: one.version for one in sorted(held, key=lambda one: one.version)}
        return [one for one in held if one.version == newest[one.id]]

    def _first(self, flow: str, language: str, now: date | None) -> ScreenView:
        found = self.screens(flow, language, now=now)
        if not found:
            raise UnknownScreen(f"Le parcours « {flow} » n’a pas encore d’écran valable : mettez les contenus à jour.")
        return found[0]


def _read(folder: Path, entry: Entry, kind: TypeAdapter[T]) -> T:
    """Reads one compiled file, believed only if it is the one the index announced."""
    try:
        data = (folder / entry.path).read_bytes()
    except OSError as error:
        raise CorruptedPack(f"Il manque le contenu {entry.path} : réinstallez les contenus.") from error
    if len(data) != entry.size_bytes or hashlib.sha256(data).hexdigest() != entry.sha256:
        raise CorruptedPack(f"Le contenu {entry.path} a été modifié ou abîmé : réinstallez les contenus.")
    try:
        return kind.validate_json(data)
    except ValidationError:
        raise CorruptedPack(
            f"Le contenu {entry.path} n’est pas lisible par cette version : mettez le programme à jour."
        ) from None


def _edition(editions: list[ScreenView], language: str, today: date) -> ScreenView | None:
    """The edition of a screen to show on a day: the one in force, else the last one that was, marked; None before."""
    begun = [screen for screen in editions if screen.language == SOURCE_LANGUAGE and screen.valid_from <= today]
    if not begun:
        return None
    in_force = [screen for screen in begun if screen.valid_to is None or today <= screen.valid_to]
    french = max(in_force or begun, key=lambda screen: (screen.valid_from, screen.version))
    marker = EXPIRED if not in_force else REVIEW_DUE if today > french.review_by else ""
    same = {screen.language: screen for screen in editions if screen.version == french.version}
    if language in (SOURCE_LANGUAGE, SIMPLE):
        return replace(same.get(language, french), marker=marker)
    return replace(_beside(same, language, french), marker=marker)


def _beside(same: Mapping[str, ScreenView], language: str, french: ScreenView) -> ScreenView:
    """A screen in another language with its French; or in simple French, with why.

    The buttons of a screen that is law say where they lead, and no law: they are in the visitor's language even then.
    """
    simple = same.get(SIMPLE, french)
    own = same.get(language)
    if own is None:
        return replace(simple, withheld=MISSING)
    stale = own.made_from != french.made_from
    reason = withheld(legal=french.legal, stale=stale, reviewed=bool(own.reviewed_by))
    if stale:
        return replace(simple, withheld=reason)
    if reason:
        return replace(simple, withheld=reason, own_title=own.title, nav=_ways(own, simple))
    return replace(own, french=french, nav=_ways(own, french))


def _ways(own: ScreenView, french: ScreenView) -> tuple[NavView, ...]:
    """The ways on in another language, each with its French."""
    return tuple(replace(way, french=to.label) for way, to in zip(own.nav, french.nav, strict=True))
