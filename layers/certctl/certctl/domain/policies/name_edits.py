"""The effect of an edit of a team's allowed names on the certificates that exist."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from certctl.domain.certificates.certificates import Certificate, Lifecycle
from certctl.domain.policies.name_ownership import NameOwnership, NameRefusal

DEFAULT_EXEMPT_DAYS = 90
MOST_EXEMPT_DAYS = 365
_REMINDED_BEFORE = timedelta(days=14)
_ENDED = (Lifecycle.REVOKED, Lifecycle.ARCHIVED)
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


@dataclass(frozen=True)
class RecordedEdit:
    """An edit whose certificates are still to be found. Those that it refuses may be renewed unchanged until
    `exempt_until`; None: no exemption."""

    id: str
    edit: NamesEdit
    made_at: datetime
    exempt_until: datetime | None

    def exempts(self, now: datetime) -> bool:
        return self.exempt_until is not None and now < self.exempt_until


@dataclass(frozen=True)
class Exemption:
    """Of one certificate. `team_id` is the team whose edit refused it; both teams get an alert when it is
    made and at `remind_at`."""

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

    def refused_names(self, certificate: Certificate) -> Sequence[NameRefusal]:
        """Empty for a certificate that has ended."""
        if has_ended(certificate):
            return []
        after = self._refusals(self._after, self._edit.after, certificate)
        if not after:
            return []
        known = {refusal.name for refusal in self._refusals(self._before, self._edit.before, certificate)}
        return [refusal for refusal in after if refusal.name not in known]

    def refused(self, certificate: Certificate) -> RefusedCertificate | None:
        """None for a certificate that may still be renewed, or could not be before the edit either."""
        names = self.refused_names(certificate)
        if not names:
            return None
        return RefusedCertificate(
            certificate_id=certificate.id,
            common_name=certificate.common_name,
            team_id=certificate.team_id,
            names=tuple(_shortened(name) for name in names[:_MOST_NAMES]),
            name_count=len(names),
            is_exemptible=self.may_exempt(certificate),
        )

    def may_exempt(self, certificate: Certificate) -> bool:
        """Whether an exemption from this edit lets it renew: it has been issued, is refused by the edit, and
        for none of its names was it refused before."""
        if certificate.serial_number is None or has_ended(certificate):
            return False
        if not self._refusals(self._after, self._edit.after, certificate):
            return False
        return not self._refusals(self._before, self._edit.before, certificate)

    def _refusals(
        self, ownership: NameOwnership, of_edited: Sequence[str], certificate: Certificate
    ) -> Sequence[NameRefusal]:
        team_id = certificate.team_id
        own = of_edited if team_id == self._edit.team_id else self._names.get(team_id, ())
        return ownership.refusals(team_id, own, certificate.sans)


def has_ended(certificate: Certificate) -> bool:
    return certificate.lifecycle in _ENDED


def recorded_edit(edit: NamesEdit, edit_id: str, exempt_days: int, now: datetime) -> RecordedEdit:
    exempt_until = now + timedelta(days=exempt_days) if exempt_days else None
    return RecordedEdit(edit_id, edit, now, exempt_until)


def _shortened(refusal: NameRefusal) -> NameRefusal:
    return NameRefusal(_cut(refusal.name), _cut(refusal.reason))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def exemption_of(certificate_id: str, recorded: RecordedEdit, until: datetime, now: datetime) -> Exemption:
    """The reminder is 14 days before the end, or after half of a shorter exemption."""
    remind_at = until - min(_REMINDED_BEFORE, max((until - now) / 2, timedelta()))
    return Exemption(certificate_id, recorded.edit.team_id, until, remind_at)
