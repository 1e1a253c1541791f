"""The effect of an edit of a team's allowed names on the certificates that exist."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.policies.name_ownership import NameOwnership, NameRefusal

_REMINDED_BEFORE = timedelta(days=14)
_MOST_NAMES = 5
_LONGEST = 300


@dataclass(frozen=True)
class NamesEdit:
    """The patterns of a team before and after an edit."""

    team_id: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        return set(self.before) == set(self.after)

    @property
    def takes_from_others(self) -> bool:
        """Whether it may affect certificates of other teams: a pattern that is removed takes nothing from
        them."""
        return not set(self.after) <= set(self.before)

    def may_affect(self, team_id: str) -> bool:
        """Whether it may refuse certificates of the team."""
        return team_id == self.team_id or self.takes_from_others


@dataclass(frozen=True)
class RecordedEdit:
    """An edit whose certificates are still to be found; ids are in the order of the edits. Certificates that
    it refuses may be renewed unchanged until `exempt_until`; None: no exemption."""

    id: str
    edit: NamesEdit
    made_at: datetime
    exempt_until: datetime | None

    def exempts(self, now: datetime) -> bool:
        return self.exempt_until is not None and now < self.exempt_until


@dataclass(frozen=True)
class Exemption:
    """The exemption of one certificate. `team_id` is the team whose edit refused the certificate; both teams
    get an alert when the exemption is made and at `remind_at`."""

    certificate_id: str
    team_id: str
    until: datetime
    remind_at: datetime


@dataclass(frozen=True)
class RefusedCertificate:
    """A certificate that would be refused. `names` are the first of `name_count`, each shortened: a
    certificate has up to 80. `is_exemptible`: see `NamesEffect.may_exempt`."""

    certificate_id: str
    common_name: str
    team_id: str
    names: tuple[NameRefusal, ...]
    name_count: int
    is_exemptible: bool


class NamesEffect:
    """What an edit refuses that was not refused before. `listed` are the patterns of all teams that list any;
    `names` those of the teams whose certificates are evaluated, except the edited one."""

    def __init__(
        self, edit: NamesEdit, listed: Mapping[str, Collection[str]], names: Mapping[str, Sequence[str]]
    ) -> None:
        self._edit = edit
        self._names = names
        self._before = NameOwnership({**listed, edit.team_id: edit.before})
        self._after = NameOwnership({**listed, edit.team_id: edit.after})

    def refused(self, certificate: Certificate) -> RefusedCertificate | None:
        """The refused certificate; None for one that has ended, may be renewed still, or could not be before
        the edit."""
        after, known = self._refusals_around(certificate)
        names = [refusal for refusal in after if refusal.name not in known]
        if not names:
            return None
        return RefusedCertificate(
            certificate_id=certificate.id,
            common_name=certificate.common_name,
            team_id=certificate.team_id,
            names=tuple(_shortened(name) for name in names[:_MOST_NAMES]),
            name_count=len(names),
            is_exemptible=_is_exemptible(certificate, known),
        )

    def may_exempt(self, certificate: Certificate) -> bool:
        """Whether an exemption from this edit lets it renew: it has been issued, is refused by the edit, and
        for none of its names was it refused before."""
        after, known = self._refusals_around(certificate)
        return bool(after) and _is_exemptible(certificate, known)

    def _refusals_around(self, certificate: Certificate) -> tuple[Sequence[NameRefusal], Collection[str]]:
        """The refusals after the edit, and the names that were refused before; empty for a certificate that
        has ended."""
        if certificate.lifecycle.has_ended:
            return [], []
        after = self._refusals(self._after, self._edit.after, certificate)
        if not after:
            return [], []
        before = self._refusals(self._before, self._edit.before, certificate)
        return after, {refusal.name for refusal in before}

    def _refusals(
        self, ownership: NameOwnership, of_edited: Sequence[str], certificate: Certificate
    ) -> Sequence[NameRefusal]:
        team_id = certificate.team_id
        own = of_edited if team_id == self._edit.team_id else self._names.get(team_id, ())
        return ownership.refusals(team_id, own, certificate.sans)


def effect_at_its_time(
    recorded: RecordedEdit,
    pending: Sequence[RecordedEdit],
    listed: Mapping[str, Collection[str]],
    names: Mapping[str, Sequence[str]],
) -> NamesEffect:
    """The effect as it was when the edit was made, from today's patterns: what later ones of the `pending`
    edits, which are in their order, changed is undone. Otherwise two edits that refuse the same certificate
    would each take it for refused before."""
    later = [each for each in pending if each.id > recorded.id]
    undone = {each.edit.team_id: each.edit.before for each in reversed(later)}
    return NamesEffect(recorded.edit, {**listed, **undone}, {**names, **undone})


def recorded_edit(edit: NamesEdit, edit_id: str, exempt_days: int, now: datetime) -> RecordedEdit:
    exempt_until = now + timedelta(days=exempt_days) if exempt_days else None
    return RecordedEdit(edit_id, edit, now, exempt_until)


def exemption_of(certificate_id: str, recorded: RecordedEdit, until: datetime, now: datetime) -> Exemption:
    """The reminder is 14 days before the end, or after half of a shorter exemption."""
    remind_at = until - min(_REMINDED_BEFORE, max((until - now) / 2, timedelta()))
    return Exemption(certificate_id, recorded.edit.team_id, until, remind_at)


def _is_exemptible(certificate: Certificate, known: Collection[str]) -> bool:
    return certificate.serial_number is not None and not known


def _shortened(refusal: NameRefusal) -> NameRefusal:
    return NameRefusal(_cut(refusal.name), _cut(refusal.reason))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
