"""What an EAB key refers to: whether the records exist and may be used."""

from dataclasses import dataclass

from certctl.domain.access.permissions import Permission
from certctl.domain.access.principals import Principal
from certctl.domain.acme.eab_keys import EabKey
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.certificates.defaults import DEFAULT_OWNER
from certctl.domain.errors import FieldProblem
from certctl.domain.kinds import IssuerType
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.catalog.known import Place


@dataclass(frozen=True)
class EabKeyReferences:
    book: CachedCatalog

    def problems(self, caller: Principal, before: EabKey | None, after: EabKey) -> list[FieldProblem]:
        """Problems of the references that are new in `after`. One read of what is not cached."""
        places = [each for each in _places(after) if before is None or each not in _places(before)]
        found = self.book.find_many([place for _, place in places])
        problems = (_problem(caller, place, found.get(place)) for _, place in places)
        said = [FieldProblem(field, why) for (field, _), why in zip(places, problems, strict=True) if why]
        return [*said, *self._team_problems(before, after)]

    def _team_problems(self, before: EabKey | None, after: EabKey) -> list[FieldProblem]:
        """The profiles, new with this team, that are not for it."""
        known = before.profile_ids if before is not None and before.team_id == after.team_id else ()
        places = [(Kind.PROFILE, each) for each in after.profile_ids if each not in known]
        found = self.book.find_many(places).values()
        refused = [each for each in found if not each.content.may_be_used_by(after.team_id)]
        why = "the profile {} is not for the team {}"
        return [FieldProblem("profile_ids", why.format(each.id, after.team_id)) for each in refused]


def _places(key: EabKey) -> list[tuple[str, Place]]:
    """Each with its field."""
    return [
        ("team_id", (Kind.TEAM, key.team_id)),
        ("owner_id", (Kind.OWNER, key.owner_id)),
        ("issuer_id", (Kind.ISSUER, key.issuer_id)),
        ("renewal_policy_id", (Kind.RENEWAL_POLICY, key.renewal_policy_id)),
        *(("profile_ids", (Kind.PROFILE, each)) for each in key.profile_ids),
    ]


def _problem(caller: Principal, place: Place, entry: AnyEntry | None) -> str | None:
    kind, entry_id = place
    if entry is None:
        return f"there is no {kind} {entry_id}"
    if kind is Kind.ISSUER:
        return _issuer_problem(entry)
    if kind is Kind.PROFILE and entry.content.requires_approval:
        return f"{entry_id} requires an approval: ACME clients cannot wait for one"
    if kind is Kind.OWNER and entry_id != DEFAULT_OWNER and not _reaches(caller, entry):
        return f"the owner {entry_id} is of another team"
    return None


def _issuer_problem(issuer: AnyEntry) -> str | None:
    if not issuer.content.enabled:
        return f"the issuer {issuer.id} is disabled"
    if issuer.content.type != IssuerType.GENERIC_CA:
        return f"the issuer {issuer.id} is no CA of this stack: only a {IssuerType.GENERIC_CA} serves ACME"
    return None


def _reaches(caller: Principal, owner: AnyEntry) -> bool:
    return caller.reaches_team(Permission.ACME_WRITE, owner.team_id)
