"""References of certificates to the catalog: whether the records exist and may be used, and the reference
rows."""

from collections.abc import Mapping
from dataclasses import dataclass

from certctl.domain.access.permissions import Permission
from certctl.domain.access.principals import Principal
from certctl.domain.agents.deployments import MAX_TARGETS
from certctl.domain.agents.kinds.definitions import Holding
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.defaults import DEFAULT_OWNER
from certctl.domain.errors import FieldProblem
from certctl.domain.policies.name_limits import problems_beyond
from certctl.domain.policies.profiles import BUILT_IN_PROFILES
from certctl.store.catalog.cache import CachedCatalog
from certctl.store.catalog.known import Place
from certctl.store.catalog.records import CatalogStore
from certctl.store.keys import referrer
from certctl.store.writes import Write
from certctl.unit_of_work.agents.targets import AgentTargets
from certctl.unit_of_work.certificates.exemptions import NameExemptions

_CERTIFICATE = "certificate"
_ATTRIBUTES: Mapping[Kind, str] = {
    Kind.OWNER: "owner_id",
    Kind.TEAM: "team_id",
    Kind.ISSUER: "issuer_id",
    Kind.RENEWAL_POLICY: "renewal_policy_id",
    Kind.PROFILE: "certificate_profile_id",
}
_FIELDS = {**_ATTRIBUTES, Kind.PROFILE: "profile_id", Kind.TARGET: "target_ids"}
"""The names in the API."""
_NEEDED = (Kind.ISSUER, Kind.PROFILE, Kind.TEAM)
"""The kinds that are needed to issue again: a missing owner or renewal policy has its defaults."""
_WITH_ROWS = (Kind.RENEWAL_POLICY, Kind.PROFILE, Kind.TARGET)
"""The kinds with rows for their references. For owner, team and issuer the certificates' own indexes
suffice."""


@dataclass(frozen=True)
class References:
    catalog: CatalogStore
    book: CachedCatalog
    exemptions: NameExemptions

    def problems(
        self, caller: Principal, before: Certificate | None, after: Certificate
    ) -> list[FieldProblem]:
        """Problems of the references that are new in `after`: a missing record, one outside the caller's
        reach, or a team or a key that may not have the names."""
        places = [place for place in _places(after) if before is None or place not in _places(before)]
        found = self.book.find_many(places)
        problems = [_problem(caller, place, found.get(place)) for place in places]
        if team := found.get((Kind.TEAM, after.team_id)):
            field = "sans" if before is None else "team_id"
            problems += problems_beyond(caller.names, field, after.sans) if before is None else []
            problems += self._name_problems(field, team, after)
        if before is None or set(before.target_ids) != set(after.target_ids):
            problems += self._agent_problems(after)
        if before is None or before.team_id != after.team_id:
            problems += self._profile_problems(after)
        return [problem for problem in problems if problem is not None]

    def _agent_problems(self, certificate: Certificate) -> list[FieldProblem]:
        """The key of a certificate is on one host: all of its targets need the same agent."""
        targets = AgentTargets(self.book).of(certificate)
        kinds = self.book.kinds.targets
        if of_crls := [t.id for t in targets if kinds.of(t.content.type).holding is Holding.CRLS]:
            return [FieldProblem("target_ids", f"{', '.join(of_crls)} takes CRLs, not a certificate")]
        agents = {target.content.agent_id for target in targets}
        if agents <= {None}:
            return []
        named = ", ".join(f"{target.id}: {target.content.agent_id or 'none'}" for target in targets)
        if len(agents) > 1:
            what = f"all targets of a certificate must be of one agent, for the key never leaves it ({named})"
            return [FieldProblem("target_ids", what)]
        if len(targets) > MAX_TARGETS:
            return [FieldProblem("target_ids", f"at most {MAX_TARGETS} targets of an agent")]
        return []

    def unusable_by(self, caller: Principal, certificate: Certificate) -> list[FieldProblem]:
        """What is `unusable`, and the names that the caller's key may not request."""
        return [*problems_beyond(caller.names, "sans", certificate.sans), *self.unusable(certificate)]

    def unusable(self, certificate: Certificate) -> list[FieldProblem]:
        """Why it cannot be issued again: a missing or disabled issuer, a missing profile or team, names that
        its team may not have, unless it is exempt."""
        found = self.book.find_many(_places(certificate))
        places = [place for place in _places(certificate) if place[0] in _NEEDED]
        problems = [_problem(None, place, found.get(place)) for place in places]
        if team := found.get((Kind.TEAM, certificate.team_id)):
            of_names = self._name_problems("sans", team, certificate)
            problems += [] if of_names and self.exemptions.cover(certificate, team) else of_names
        problems += self._profile_problems(certificate)
        return [problem for problem in problems if problem is not None]

    def _profile_problems(self, certificate: Certificate) -> list[FieldProblem]:
        """Why its team may not have the profile, or its issuer cannot issue as the profile says. Before a
        team is refused, the profile is read again: an administrator may have named the team a moment ago."""
        profile = self.book.find(Kind.PROFILE, certificate.certificate_profile_id)
        if profile is None:
            return []
        if not profile.content.may_be_used_by(certificate.team_id):
            profile = self.catalog.get(Kind.PROFILE, profile.id) or profile
        refused = not profile.content.may_be_used_by(certificate.team_id)
        why = f"the profile {profile.id} is not for the team {certificate.team_id}"
        return [
            *([FieldProblem("profile_id", why)] if refused else []),
            *self._at_issuer(certificate, profile),
        ]

    def _at_issuer(self, certificate: Certificate, profile: AnyEntry) -> list[FieldProblem]:
        issuer = self.book.find(Kind.ISSUER, certificate.issuer_id)
        if issuer is None:
            return []
        definition = self.book.kinds.issuers.of(issuer.content.type)
        reasons = definition.profile_reasons(issuer.content.config, profile.content)
        why = f"the issuer {issuer.id} cannot issue by the profile {profile.id}"
        return [FieldProblem("profile_id", f"{why}: {reason}") for reason in reasons]

    def may_have_its_names(self, certificate: Certificate) -> bool:
        """Whether its team may have all of its names, regardless of an exemption."""
        team = self.book.find(Kind.TEAM, certificate.team_id)
        return team is not None and not self._name_problems("sans", team, certificate)

    def _name_problems(self, field: str, team: AnyEntry, certificate: Certificate) -> list[FieldProblem]:
        """Why the team may not have names of the certificate (ADR 36). Before it refuses, its own list is
        read again: an administrator may have allowed the names a moment ago."""
        names = self.book.names()
        if not names.refusals(team.id, team.content.names, certificate.sans):
            return []
        latest = self.catalog.get(Kind.TEAM, team.id) or team
        refusals = names.refusals(team.id, latest.content.names, certificate.sans)
        return [FieldProblem(field, refusal.reason) for refusal in refusals]

    def steps(self, before: Certificate | None, after: Certificate | None) -> list[Write]:
        """Adds the rows of new references and deletes those of old ones. None stands for an absent
        certificate, or an archived one."""
        old, new = _rows(before), _rows(after)
        added = [self.catalog.refer_step(*place, by) for place, by in new.items() if place not in old]
        gone = [self.catalog.unrefer_step(*place, by) for place, by in old.items() if place not in new]
        return [*added, *gone]


def _places(certificate: Certificate) -> list[Place]:
    single = [(kind, getattr(certificate, name)) for kind, name in _ATTRIBUTES.items()]
    return [*single, *((Kind.TARGET, target_id) for target_id in certificate.target_ids)]


def _rows(certificate: Certificate | None) -> dict[Place, str]:
    if certificate is None:
        return {}
    by = referrer(_CERTIFICATE, certificate.id)
    return {place: by for place in _places(certificate) if place[0] in _WITH_ROWS}


def _problem(caller: Principal | None, place: Place, entry: AnyEntry | None) -> FieldProblem | None:
    kind, entry_id = place
    message = f"there is no {kind} {entry_id}{_HINTS.get(kind, '')}" if entry is None else None
    if entry is not None and kind is Kind.ISSUER and not entry.content.enabled:
        message = f"the issuer {entry_id} is disabled"
    if entry is not None and caller is not None:
        message = message or _out_of_reach(caller, entry)
    return FieldProblem(_FIELDS[kind], message) if message else None


def _out_of_reach(caller: Principal, entry: AnyEntry) -> str | None:
    if entry.kind not in (Kind.OWNER, Kind.TARGET) or entry.id == DEFAULT_OWNER:
        return None
    if caller.reaches_team(Permission.CERTIFICATES_WRITE, entry.team_id):
        return None
    return f"the {entry.kind} {entry.id} is of another team"


_HINTS = {Kind.PROFILE: f"; {', '.join(BUILT_IN_PROFILES)} are built in"}
