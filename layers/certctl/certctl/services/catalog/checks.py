"""Checks whether an issuer or a target can be used, without using it; and lists the certificates of a
target."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from certctl.domain.access.permissions import Permission
from certctl.domain.access.principals import Principal
from certctl.domain.agents.agents import with_heartbeat
from certctl.domain.agents.polls import AgentStatus
from certctl.domain.authorities.authorities import Authority, CrlShard
from certctl.domain.catalog.entries import AnyEntry
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.catalog.records import write_permission
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.issuing.kinds.definitions import ServerCheck
from certctl.domain.times import to_wire, to_wire_or_none
from certctl.services.catalog.issuer_tests import IssuerTests
from certctl.store.authorities.authorities import AuthorityStore
from certctl.store.certificates.certificates import CertificateStore
from certctl.store.paging import bad_cursor, in_parallel, load
from certctl.store.policies.lifetimes import longest_lifetime
from certctl.unit_of_work.catalog import CatalogRecords

_CERTIFICATES = "certificate#"
_LONGEST_ID = 64


@dataclass(frozen=True)
class Check:
    name: str
    passed: bool
    detail: str


@dataclass(frozen=True)
class CertificatePage:
    """A page of certificates by id; `next_after` is where to continue, None at the end. May be short."""

    certificates: list[Certificate]
    next_after: str | None


@dataclass(frozen=True)
class CatalogChecks:
    records: CatalogRecords
    authorities: AuthorityStore
    certificates: CertificateStore
    issuer_tests: IssuerTests
    now: Callable[[], datetime]

    def test_issuer(self, issuer_id: str) -> list[Check]:
        """Raises NotFound, and Unavailable if the worker that reaches external issuers does not respond."""
        entry = self.records.get(Kind.ISSUER, issuer_id)
        enabled = Check("enabled", entry.content.enabled, _yes_or_no("enabled", entry.content.enabled))
        server_check = self.records.catalog.kinds.issuers.of(entry.content.type).server_check
        if server_check is not None:
            return [enabled, self._server(issuer_id, server_check)]
        return [enabled, *self._authority_checks(issuer_id)]

    def _server(self, issuer_id: str, check: ServerCheck) -> Check:
        """The result is the issuer's last contact."""
        fault = self.issuer_tests.fault_of(issuer_id)
        contact = self.records.issuer_contacts.get(issuer_id)
        seen = to_wire_or_none(contact.succeeded_at if contact else None) or "never"
        if fault is not None:
            return Check(check.name, False, f"{fault}; last answer: {seen}")
        return Check(check.name, True, f"{check.passed} at {seen}")

    def _authority_checks(self, issuer_id: str) -> list[Check]:
        authority = self.authorities.active_issuing(issuer_id)
        if authority is None:
            return [Check("ca_certificate", False, "there is no active CA certificate of this issuer")]
        shards, longest = in_parallel(
            partial(self.authorities.shards, authority.ca_id), partial(longest_lifetime, self.records.catalog)
        )
        ends = f"{authority.ca_id} ends at {to_wire(authority.not_after)}"
        valid = Check("ca_certificate", self.now() < authority.not_after, ends)
        return [valid, _open_shards(shards), self._rotation(authority, longest)]

    def _rotation(self, authority: Authority, longest: timedelta) -> Check:
        due, late = authority.rotation_due_at(longest), authority.rotation_late_at(longest)
        if not authority.is_near_its_end(longest, self.now()):
            return Check("rotation", True, f"is due at {to_wire(due)}")
        why = f"a certificate of {longest.days} days that begins later would outlive {authority.ca_id}"
        return Check("rotation", False, f"is due, by {to_wire(late)}: {why}")

    def test_target(self, caller: Principal, target_id: str) -> list[Check]:
        """Raises NotFound, also for another team's."""
        entry = self.records.get(Kind.TARGET, target_id)
        caller.require_reach(write_permission(Kind.TARGET), entry.team_id, "such target")
        enabled = Check("enabled", entry.content.enabled, _yes_or_no("enabled", entry.content.enabled))
        return [enabled, *self._agent_checks(entry)]

    def _agent_checks(self, target: AnyEntry) -> list[Check]:
        agent_id = target.content.agent_id
        if agent_id is None:
            return [Check("agent", False, "the target names no agent")]
        found, states = in_parallel(
            lambda: self.records.catalog.get(Kind.AGENT, agent_id),
            lambda: self.records.agent_states.get_many([agent_id]),
        )
        if found is None or found.is_deleting:
            return [Check("agent", False, f"there is no agent {agent_id}")]
        agent = with_heartbeat(found, states.get(agent_id))
        status, seen = agent.content.status(self.now()), agent.content.last_heartbeat_at
        heard = f"last contact at {to_wire(seen)}" if seen else "no contact yet"
        online = Check("agent_online", status is not AgentStatus.OFFLINE, f"{status}, {heard}")
        return [Check("agent", True, f"{agent_id} on {agent.content.hostname}"), online]

    def certificates_of_target(
        self, caller: Principal, target_id: str, after: str | None, limit: int
    ) -> CertificatePage:
        """The target's certificates within the caller's reach. Raises NotFound, also for another team's
        target."""
        if after is not None and len(after) > _LONGEST_ID:
            raise bad_cursor()
        start = _CERTIFICATES + (after or "")
        entry, page = in_parallel(
            lambda: self.records.get(Kind.TARGET, target_id),
            lambda: self.records.catalog.referrers(Kind.TARGET, target_id, limit, start),
        )
        caller.require_reach(Permission.CERTIFICATES_READ, entry.team_id, "such target")
        ids = [referrer.removeprefix(_CERTIFICATES) for referrer in page.referrers]
        found = {c.id: c for c in load(ids, self.certificates.get_many)}
        shown = [found[i] for i in ids if i in found and self._reaches(caller, found[i])]
        return CertificatePage(shown, ids[-1] if page.next_after else None)

    def _reaches(self, caller: Principal, certificate: Certificate) -> bool:
        return caller.reaches_team(Permission.CERTIFICATES_READ, certificate.team_id)


def _open_shards(shards: Sequence[CrlShard]) -> Check:
    found = sum(shard.open for shard in shards)
    said = f"{found} open" if found else "no CRL shard is open yet"
    return Check("crl_shard", bool(found), said)


def _yes_or_no(word: str, is_so: bool) -> str:
    return word if is_so else f"not {word}"
