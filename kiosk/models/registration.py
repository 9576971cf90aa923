"""The prepared registration, one question a screen: where the person is, what they answered, what follows.

No Flet, no SQL. Everything typed lives in the visit's draft, encrypted under a key that is only in
memory: this object keeps nothing of it, so that wiping the visit forgets all. A draft is never
resumed after the visit; within it, going back loses nothing. After « Confirmer » the answers are
sealed for the hub and the draft is dropped: this terminal cannot open them again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from content.shelf import ScreenView
from kiosk import moments
from kiosk.entry import EntryKind
from kiosk.models import answers, communes
from kiosk.models import registration_steps as steps
from kiosk.models.answers import AnswerError
from kiosk.models.communes import CommuneTable, Place
from kiosk.models.registration_recap import PLACE_LISTS, RecapLine, missing_steps, recap_lines, sealed_answers, seen
from kiosk.models.registration_steps import ASK, BY_KEY, Step, applicable
from kiosk.models.spoken import recap_aloud
from kiosk.slip import SlipState, state_of
from kiosk.views import DeliveryView, NetworkView, PreparedView, SiteView
from kiosk.wording import say
from sync.change import Value
from sync.errors import PointContactError
from sync.records.registration import DESTROY, KEEP

LOG = logging.getLogger("point_contact.kiosk")
DRAFT = "registration"
NOT_LISTED = "-"
IF_UNSENT = (KEEP, DESTROY)
"""The first is what happens when nothing is chosen: nothing is lost in silence."""
DATE_FIELDS = ("jour", "mois", "annee")


class Drafts(Protocol):
    """The visit's drafts (``kiosk.visit.Drafts``)."""

    def put(self, name: str, answers: Mapping[str, Any]) -> None:
        """Keeps a draft."""

    def get(self, name: str) -> dict[str, Any] | None:
        """Reads a draft."""

    def forget(self, name: str) -> None:
        """Drops a draft."""


class RegistrationActions(Protocol):
    """What this model needs of ``kiosk.actions.Actions``."""

    def now(self) -> datetime:
        """Now, UTC."""

    def site(self) -> SiteView:
        """The site."""

    def network(self) -> NetworkView:
        """The network."""

    def commune_table(self) -> CommuneTable:
        """The national table."""

    def privacy_notice(self, language: str) -> ScreenView:
        """The short notice."""

    def privacy_full(self, language: str) -> list[ScreenView]:
        """The full text."""

    def sync_soon(self) -> None:
        """Asks for a round."""

    def delivery(self, kind: str, record_id: str) -> DeliveryView:
        """Where a record is."""

    def prepare_registration(
        self, answers: Mapping[str, Value], *, notice_version: str, notice_read_at: datetime, language: str,
        if_unsent: str,
    ) -> PreparedView:  # fmt: skip
        """Seals and writes."""


@dataclass(frozen=True)
class Problem:
    """What to correct: one sentence, and the field that gets the focus."""

    sentence: str
    field: str


@dataclass(frozen=True)
class FieldView:
    """A field to type in. ``keyboard`` is the kind of its keys (``kiosk.entry.EntryKind``)."""

    name: str
    label: str
    hint: str
    keyboard: EntryKind
    value: str
    length_max: int


@dataclass(frozen=True)
class OptionView:
    """A choice to touch."""

    value: str
    label: str
    detail: str
    selected: bool


@dataclass(frozen=True)
class QuestionView:
    """One screen. ``number`` of ``count`` sections; ``skip`` is the button that answers without an answer.

    ``skip_more`` is the one that leaves this question and those about work that follow.
    """

    key: str
    kind: str
    section: str
    number: int
    count: int
    title: str
    why: str
    skip: str | None
    skip_more: str | None = None
    fields: tuple[FieldView, ...] = ()
    options: tuple[OptionView, ...] = ()


class Registration:
    """The prepared registration of one visit.

    Args:
        actions: what the terminal can do.
        drafts: the visit's drafts.
        language: ``fr`` or ``fr-simple``, read at each view so that it may change on the way.
    """

    def __init__(self, actions: RegistrationActions, drafts: Drafts, language: str = "fr") -> None:
        self._actions = actions
        self._drafts = drafts
        self.language = language

    # Where the person is ------------------------------------------------------------------------

    def place(self) -> str:
        """The key of the present step, or ``slip`` once it is prepared."""
        draft = self._draft()
        return steps.SLIP if draft["prepared"] else str(draft["at"])

    def question(self) -> QuestionView:
        """The present screen."""
        draft = self._draft()
        step = BY_KEY[draft["at"]]
        key = step.key
        return QuestionView(
            key=key,
            kind=step.kind,
            section=self._say(f"reg.section.{step.section}"),
            number=steps.section_number(step),
            count=len(steps.SECTIONS),
            title=self._say("reg.recap.title" if step.kind == "recap" else f"reg.q.{key}.title"),
            why=self._say_or_nothing(f"reg.q.{key}.why"),
            skip=self._say(f"reg.q.{key}.skip") if step.skippable else None,
            skip_more=self._say("reg.skip_work") if key == steps.ABOUT_WORK and not draft["returning"] else None,
            fields=self._fields(step, draft),
            options=self._options(step, draft),
        )

    def notice(self) -> ScreenView:
        """The privacy notice, shown before the first field."""
        return self._actions.privacy_notice(self.language)

    def notice_full(self) -> list[ScreenView]:
        """The full privacy text."""
        return self._actions.privacy_full(self.language)

    def if_unsent(self) -> str:
        """What becomes of the answers when they cannot leave this terminal for fifteen days: one of ``IF_UNSENT``."""
        return str(self._draft()["if_unsent"])

    def choose_if_unsent(self, what: str) -> None:
        """Chooses it; anything else than one of ``IF_UNSENT`` is ignored."""
        if what in IF_UNSENT:
            self._drafts.put(DRAFT, {**self._draft(), "if_unsent": what})

    # Answering ----------------------------------------------------------------------------------

    def answer(self, form: Mapping[str, str] | None = None, chosen: Sequence[str] = ()) -> Problem | None:
        """Checks the present answer, keeps it and moves on; or says what to correct and keeps the text.

        Args:
            form: what was typed, by field name.
            chosen: the values of the options touched.
        """
        draft = self._draft()
        step = BY_KEY[draft["at"]]
        if form is not None:
            draft["typed"][step.key] = dict(form)
        try:
            self._keep(step, draft, form or {}, chosen)
        except AnswerError as error:
            self._drafts.put(DRAFT, draft)
            return self._problem(step, error)
        self._move_on(draft, step)
        return None

    def skip(self) -> None:
        """Answers the present question without an answer."""
        draft = self._draft()
        step = BY_KEY[draft["at"]]
        if step.skippable:
            draft["values"][step.key] = None
            draft["typed"].pop(step.key, None)
            self._forget_list(draft, step.key)
            self._move_on(draft, step)

    def skip_about_work(self) -> None:
        """Leaves the questions about work, each of which may be left: a counsellor asks them again.

        Goes on at the first that has to be answered. Does nothing elsewhere than at the first of them.
        """
        if self.question().skip_more is None:
            return
        while BY_KEY[self._draft()["at"]].skippable:
            self.skip()

    def back(self, form: Mapping[str, str] | None = None) -> bool:
        """Goes back one screen, keeping what was typed. False at the first one: the menu is before it."""
        draft = self._draft()
        step = BY_KEY[draft["at"]]
        if form is not None:
            draft["typed"][step.key] = dict(form)
        way = [one.key for one in applicable(seen(draft))]
        if draft["returning"] and not missing_steps(draft):
            draft["at"], draft["returning"] = steps.RECAP, False
        elif step.key in way and way.index(step.key) > 0:
            draft["at"] = way[way.index(step.key) - 1]
        else:
            return False
        self._drafts.put(DRAFT, draft)
        return True

    def modify(self, key: str) -> None:
        """From the recapitulation back to one question; answering it returns there."""
        draft = self._draft()
        if key in BY_KEY:
            draft["at"], draft["returning"] = key, True
            self._drafts.put(DRAFT, draft)

    # The end ------------------------------------------------------------------------------------

    def recap(self) -> list[RecapLine]:
        """What was answered, in words, in the order it was asked."""
        draft = self._draft()
        return recap_lines(draft, sealed_answers(draft, self._actions.commune_table()), self.language)

    def confirm(self) -> str | None:
        """Seals and writes the preparation, once, and asks for a round.

        Returns:
            ``None`` when it is prepared; else one sentence, and nothing is lost.
        """
        draft = self._draft()
        if draft["prepared"]:
            return None
        if draft["at"] != steps.RECAP or not draft["notice_read_at"]:
            return self._say("reg.error.gone")
        if missing_steps(draft):
            self.modify(missing_steps(draft)[0])
            return self._say("reg.error.choose_one")
        try:
            prepared = self._actions.prepare_registration(
                sealed_answers(draft, self._actions.commune_table()),
                notice_version=draft["notice_version"],
                notice_read_at=moments.parse_utc(draft["notice_read_at"]),
                language=self.language,
                if_unsent=draft["if_unsent"],
            )
        except PointContactError as error:
            LOG.warning("a prepared registration could not be written: %s", type(error).__name__)
            return self._say("reg.error.not_saved")
        kept = {"id": prepared.id, "reference": prepared.reference, "claim_url": prepared.claim_url}
        self._drafts.forget(DRAFT)
        created = moments.format_utc(prepared.created_at)
        self._drafts.put(DRAFT, {"prepared": {**kept, "created_at": created}})
        self._actions.sync_soon()
        return None

    def prepared(self) -> PreparedView | None:
        """What was prepared in this visit, for its slip; nothing personal."""
        kept = self._draft()["prepared"]
        if not kept:
            return None
        created = moments.parse_utc(kept["created_at"])
        return PreparedView(kept["id"], kept["reference"], kept["claim_url"], created)

    def delivery(self) -> DeliveryView:
        """Where the preparation is now."""
        prepared = self.prepared()
        return self._actions.delivery("registration", prepared.id) if prepared else DeliveryView("waiting")

    def slip_state(self) -> SlipState:
        """Where the sending of what was prepared stands, in words."""
        prepared = self.prepared()
        if prepared is None:
            return SlipState("wait", "", "")
        return state_of(self.delivery(), self.network(), prepared, self.site(), self.language)

    def recap_aloud(self) -> str:
        """The recapitulation as it is read out."""
        return recap_aloud(self.recap(), self.language)

    def site(self) -> SiteView:
        """The site, for the slip."""
        return self._actions.site()

    def network(self) -> NetworkView:
        """The network, for the slip."""
        return self._actions.network()

    def now(self) -> datetime:
        """Now, UTC."""
        return self._actions.now()

    # Inside -------------------------------------------------------------------------------------

    def _draft(self) -> dict[str, Any]:
        draft: dict[str, Any] = {
            "at": steps.NOTICE, "typed": {}, "values": {}, ASK: [], "returning": False,
            "notice_version": None, "notice_read_at": None, "if_unsent": KEEP, "prepared": None,
        }  # fmt: skip
        draft.update(self._drafts.get(DRAFT) or {})
        return draft

    def _today(self) -> date:
        return moments.local(self._actions.now(), self._actions.site().zone).date()

    def _say(self, key: str, **values: object) -> str:
        return say(key, self.language, **values)

    def _say_or_nothing(self, key: str) -> str:
        try:
            return say(key, self.language)
        except KeyError:
            return ""

    def _problem(self, step: Step, error: AnswerError) -> Problem:
        first = DATE_FIELDS[0] if step.kind == "date" else step.key
        one = error.count == 1 and error.key.startswith("reg.error.digits_")
        values = {} if error.count is None or one else {"count": error.count}
        return Problem(self._say(error.key + ("_one" if one else ""), **values), error.field or first)

    # Views of one question

    def _fields(self, step: Step, draft: Mapping[str, Any]) -> tuple[FieldView, ...]:
        typed: Mapping[str, str] = draft["typed"].get(step.key, {})
        if step.kind == "date":
            return tuple(
                FieldView(
                    name, self._say(f"reg.field.{name}"), self._say(f"reg.hint.{name}"), "digits",
                    typed.get(name, ""), 4 if name == "annee" else 2,
                )
                for name in DATE_FIELDS
            )  # fmt: skip
        if step.kind not in ("text", "phone", "email", "digits"):
            return ()
        length = {"digits": answers.POSTAL_CODE_DIGITS, "phone": 20, "email": answers.EMAIL_LENGTH_MAX}
        most = length.get(step.kind, answers.LINE_LENGTH_MAX)
        kinds: dict[str, EntryKind] = {"phone": "phone", "email": "email", "digits": "digits"}
        typed_kinds: dict[str, EntryKind] = {"name": "name", "ft_number": "code"}
        keyboard = kinds.get(step.kind) or typed_kinds.get(step.check, "text")
        label = self._say(f"reg.q.{step.key}.label")
        return (FieldView(step.key, label, "", keyboard, typed.get(step.key, ""), most),)

    def _options(self, step: Step, draft: Mapping[str, Any]) -> tuple[OptionView, ...]:
        value = draft["values"].get(step.key)
        chosen = set(value) if isinstance(value, list) else {value}
        if step.kind == "places":
            return tuple(OptionView(p.value, p.label, "", p.value in chosen) for p in self._places(step, draft))
        if step.key == "langue" and step.key not in draft["values"]:
            chosen = {"fr"}
        return tuple(
            OptionView(
                code, self._say(f"reg.c.{step.key}.{code}"), self._say_or_nothing(f"reg.c.{step.key}.{code}.detail"),
                code in chosen,
            )
            for code in step.codes
        )  # fmt: skip

    def _places(self, step: Step, draft: Mapping[str, Any]) -> list[Place]:
        table = self._actions.commune_table()
        values = draft["values"]
        if step.key == "commune":
            return communes.communes_of(table, values["code_postal"])
        source = "pays_naissance" if step.key == "pays_choix" else "commune_naissance"
        find = communes.countries if step.key == "pays_choix" else communes.birth_communes
        return [*find(table, values[source]), Place(NOT_LISTED, self._say("reg.not_listed"))]

    # Keeping one answer

    def _keep(self, step: Step, draft: dict[str, Any], form: Mapping[str, str], chosen: Sequence[str]) -> None:
        values = draft["values"]
        if step.kind == "notice":
            draft["notice_version"] = self.notice().version_id
            draft["notice_read_at"] = moments.format_utc(self._actions.now())
            values[step.key] = True
        elif step.kind in ("info", "recap"):
            values[step.key] = True
        elif step.kind in ("choice", "choices", "list", "places"):
            values[step.key] = self._chosen(step, draft, chosen)
        else:
            value = self._checked(step, form)
            changed = values.get(step.key) != value
            if step.key in PLACE_LISTS and (changed or PLACE_LISTS[step.key] not in values):
                self._look_up(step, draft, value)
            values[step.key] = value

    def _chosen(self, step: Step, draft: Mapping[str, Any], chosen: Sequence[str]) -> Value:
        offered = [option.value for option in self._options(step, draft)]
        kept = [value for value in offered if value in chosen]
        if not kept or (step.kind != "choices" and len(kept) > 1):
            raise AnswerError("reg.error.choose_one")
        if step.kind == "choices":
            return kept
        if kept[0] == NOT_LISTED:
            source = "pays_naissance" if step.key == "pays_choix" else "commune_naissance"
            return str(draft["values"][source])
        return kept[0]

    def _checked(self, step: Step, form: Mapping[str, str]) -> str:
        typed = form.get(step.key, "")
        if step.kind == "date":
            parts = tuple(form.get(name, "") for name in DATE_FIELDS)
            check = answers.check_birth_date if step.key == "date_naissance" else answers.check_contract_end
            return check(parts[0], parts[1], parts[2], self._today()).isoformat()
        if step.kind == "phone":
            return answers.check_phone(typed, self._actions.site().phone_region)
        if step.kind == "email":
            return answers.check_email(typed)
        if step.kind == "digits":
            return answers.check_postal_code(typed)
        checks = {"name": answers.check_name, "ft_number": answers.check_ft_number, "line": answers.check_line}
        return checks[step.check](typed)

    def _look_up(self, step: Step, draft: dict[str, Any], typed: str) -> None:
        """Finds the places that fit; one certain place is kept, several are asked, none keeps what was typed."""
        target = PLACE_LISTS[step.key]
        table = self._actions.commune_table()
        if step.key == "code_postal":
            places = communes.communes_of(table, typed)
            only = places[0] if len(places) == 1 else None
        else:
            find = communes.countries if step.key == "pays_naissance" else communes.birth_communes
            places = find(table, typed)
            only = communes.the_only(places, typed)
        self._forget_list(draft, step.key)
        if only is not None:
            draft["values"][target] = only.value
        elif not places:
            draft["values"][target] = typed
        else:
            draft[ASK] = [*draft[ASK], target]

    @staticmethod
    def _forget_list(draft: dict[str, Any], key: str) -> None:
        target = PLACE_LISTS.get(key)
        if target is not None:
            draft["values"].pop(target, None)
            draft[ASK] = [asked for asked in draft[ASK] if asked != target]

    def _move_on(self, draft: dict[str, Any], step: Step) -> None:
        way = [one.key for one in applicable(seen(draft))]
        if draft["returning"]:
            missing = missing_steps(draft)
            draft["at"] = missing[0] if missing else steps.RECAP
            draft["returning"] = bool(missing)
        else:
            draft["at"] = way[min(way.index(step.key) + 1, len(way) - 1)]
        self._drafts.put(DRAFT, draft)
