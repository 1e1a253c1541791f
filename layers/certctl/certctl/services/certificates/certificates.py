"""Edits and archives certificates."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from certctl.domain.access.permissions import Permission
from certctl.domain.access.principals import Principal
from certctl.domain.agents.deployment_alerts import undeployed_alert
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.requests import CertificateEdit
from certctl.domain.certificates.statuses import Lifecycle, VersionState
from certctl.domain.errors import Conflict, InvalidInput
from certctl.domain.notifications.alerts import Alert
from certctl.domain.policies.name_alerts import regained_alert
from certctl.domain.record_fields import given_for
from certctl.store.paging import in_parallel
from certctl.unit_of_work.certificates.archiving import Archiving
from certctl.unit_of_work.certificates.references import References
from certctl.unit_of_work.policies.enforcement import PolicyEnforcement
from certctl.unit_of_work.retry import retry_on_conflict
from certctl.unit_of_work.stores import Stores
from certctl.unit_of_work.units import Units

_APPROVED = ("environment", "owner_id", "team_id", "target_ids")


@dataclass(frozen=True)
class Certificates:
    stores: Stores
    units: Units
    references: References
    policies: PolicyEnforcement
    archiving: Archiving
    now: Callable[[], datetime]

    @retry_on_conflict
    def edit(self, caller: Principal, certificate_id: str, edit: CertificateEdit) -> Certificate:
        """Raises NotFound (also outside the caller's reach), InvalidInput, PolicyRefused, and Conflict if it
        has ended, is at another revision, or has a job that awaits approval."""
        now = self.now()
        before = self.stores.certificate_to_change(caller, certificate_id, Permission.CERTIFICATES_WRITE)
        before.require_revision(edit.expected_revision)
        if before.lifecycle.has_ended:
            raise Conflict(f"A certificate that is {before.lifecycle} cannot be edited.")
        after = before.with_changes(now, **given_for(Certificate, edit))
        if after.team_id != before.team_id:
            after = replace(after, names_exempt_until=None)
        caller.require_reach(Permission.CERTIFICATES_WRITE, after.team_id, "such team")
        self._check_edit(caller, before, after)
        unit = self.units.begin(caller.actor, after.id, now)
        unit.save(before, after, event="certificate_updated")
        unit.write(*self.references.steps(before, after))
        unit.enforce(self.policies.enforce_edit(caller.actor, before, after, now))
        unmapped = self._unmapped(after)
        unit.resolve(unmapped, self.stores.routing_for(unmapped, after))
        if before.names_exempt_until is not None and after.names_exempt_until is None:
            unit.alert(regained_alert(before, after.team_id), self.stores.routing_of(before))
        entries = self.stores.search_entries.of_edited(before, after, unit.room, now)
        unit.write(*entries.steps)
        stored = unit.commit() or after
        self.stores.search_entries.finish(after.id, entries)
        return stored

    def _check_edit(self, caller: Principal, before: Certificate, after: Certificate) -> None:
        problems, _, _ = in_parallel(
            lambda: self.references.problems(caller, before, after),
            lambda: self._check_approval(before, after),
            lambda: self.policies.prefetch(before, after),
        )
        if problems:
            raise InvalidInput("The edit was refused.", problems)

    def _check_approval(self, before: Certificate, after: Certificate) -> None:
        """What is approved must be what is issued. Raises Conflict."""
        changed = [name for name in _APPROVED if getattr(before, name) != getattr(after, name)]
        if not changed or before.open_job_id is None:
            return
        job = self.stores.jobs.get(before.open_job_id)
        if job is not None and job.needs_approval and not job.status.is_terminal:
            raise Conflict(
                f"The job {job.id} needs approval, and {', '.join(changed)} would not be what is approved. "
                "Cancel it, or edit once it has ended."
            )

    @retry_on_conflict
    def archive(
        self,
        caller: Principal,
        certificate_id: str,
        *,
        keep_valid: bool,
        expected_revision: int | None = None,
    ) -> None:
        """Ends the record. Raises Conflict if versions are still valid, unless they may stay so, if it is
        revoked (which is an end already), and at another revision."""
        now = self.now()
        before = self.stores.certificate_to_change(caller, certificate_id, Permission.CERTIFICATES_WRITE)
        before.require_revision(expected_revision)
        if before.lifecycle is Lifecycle.ARCHIVED:
            return
        is_valid, archive = in_parallel(
            lambda: not keep_valid and self._has_valid_version(before, now),
            lambda: self.archiving.read(before, now),
        )
        if is_valid:
            raise Conflict(
                "This certificate has valid versions. Revoke them with ?revoke=<reason>, "
                "or let them run out with ?keep_valid=true."
            )
        self.archiving.write(caller.actor, archive, now)

    def _unmapped(self, after: Certificate) -> list[Alert]:
        """Deployments to targets that were removed from it are cancelled."""
        gone = [each for each in after.failed_targets if each not in after.target_ids]
        why = "it was taken off the certificate"
        return [undeployed_alert(after, target, why) for target in self.stores.names.targets(gone)]

    def _has_valid_version(self, certificate: Certificate, now: datetime) -> bool:
        versions = self.stores.certificates.unexpired_versions(certificate.id, now)
        issued = [v for v in versions if v.state is VersionState.ISSUED]
        marks = self.stores.marks_of(issued)
        return any(v.serial_number not in marks for v in issued)
