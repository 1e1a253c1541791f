"""The effect of an edit of a team's allowed names on the certificates that exist."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from certctl.domain.certificates.certificates import Certificate
from certctl.domain.policies.name_ownership import NameOwnership, NameRefusal

_MOST_NAMES = 5
_LONGEST = 300


@dataclass(frozen=True)
class NamesEdit:
    """The patterns of a team before and after an edit."""

    team_id: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def takes_from_others(self) -> bool:
        """Whether it may affect certificates of other teams: a pattern that is removed takes nothing from
        them."""
        return not set(self.after) <= set(self.before)


@dataclass(frozen=True)
class RefusedCertificate:
    """A certificate that would be refused. `names` are the first of `name_count`, each shortened: a
    certificate has up to 80. `is_exemptible`: it was issued, and none of its names was refused before."""

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
        """None for a certificate that has ended, may be renewed still, or could not be before the edit."""
        if certificate.lifecycle.has_ended:
            return None
        after = self._refusals(self._after, self._edit.after, certificate)
        if not after:
            return None
        known = {refusal.name for refusal in self._refusals(self._before, self._edit.before, certificate)}
        names = [refusal for refusal in after if refusal.name not in known]
        if not names:
            return None
        return RefusedCertificate(
            certificate_id=certificate.id,
            common_name=certificate.common_name,
            team_id=certificate.team_id,
            names=tuple(_shortened(name) for name in names[:_MOST_NAMES]),
            name_count=len(names),
            is_exemptible=certificate.serial_number is not None and not known,
        )

    def _refusals(
        self, ownership: NameOwnership, of_edited: Sequence[str], certificate: Certificate
    ) -> Sequence[NameRefusal]:
        team_id = certificate.team_id
        own = of_edited if team_id == self._edit.team_id else self._names.get(team_id, ())
        return ownership.refusals(team_id, own, certificate.sans)


def _shortened(refusal: NameRefusal) -> NameRefusal:
    return NameRefusal(_cut(refusal.name), _cut(refusal.reason))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
