"""What is stored about the certificates of a campaign: the basis of each of their moves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from certctl.domain.acme.accounts import account_or_none
from certctl.domain.certificates.certificates import Certificate
from certctl.domain.certificates.statuses import VersionState
from certctl.domain.certificates.versions import Version
from certctl.domain.jobs.jobs import Job
from certctl.domain.jobs.statuses import JobType
from certctl.domain.revocation.campaign_items import CampaignItem, ItemFacts, TargetFacts
from certctl.domain.revocation.campaign_requests import Aim
from certctl.domain.revocation.reasons import HOLD
from certctl.unit_of_work.stores import Stores


@dataclass(frozen=True)
class CampaignFacts:
    stores: Stores
    now: Callable[[], datetime]

    def of(self, certificate: Certificate, aim: Aim) -> ItemFacts:
        """Without its targets. The versions are read after the record, consistently, and only while it has
        any."""
        versions = self.stores.certificates.unexpired_versions(certificate.id, self.now())
        if certificate.acme is not None:
            versions = self._with_accounts(versions)
        marks = self.stores.marks_of(versions)
        return ItemFacts(
            certificate=certificate,
            versions=versions,
            revoked=frozenset(serial for serial, mark in marks.items() if mark.reason != HOLD),
            key_types=self._key_types(certificate.id, versions) if aim.algorithm else {},
        )

    def _with_accounts(self, versions: Sequence[Version]) -> list[Version]:
        """Versions of earlier releases do not have the ACME account that ordered them: their jobs do, while
        they are kept."""
        unknown = [version.job_id for version in versions if version.acme_account_id is None]
        jobs = self.stores.jobs.get_many(unknown) if unknown else []
        accounts = {job.id: account_or_none(job.requested_by) for job in jobs}
        return [
            replace(each, acme_account_id=each.acme_account_id or accounts.get(each.job_id))
            for each in versions
        ]

    def of_one_gone(self) -> ItemFacts:
        return ItemFacts(certificate=None)

    def with_targets(self, facts: ItemFacts, item: CampaignItem) -> ItemFacts:
        """The facts with the deployments of the item's new version, once it has one."""
        certificate = facts.certificate
        if certificate is None or item.new_serial is None:
            return facts
        jobs = self.stores.jobs.recent_jobs_of(certificate.id) if certificate.target_ids else []
        last = _last_deployments(jobs, item.new_serial)
        deployed, served = [], set()
        for target in self.stores.agent_targets.of(certificate):
            if not target.content.enabled or target.content.agent_id is None:
                continue
            job = last.get(target.id)
            is_looked_at = "verify_address" in target.content.config
            status, error = (job.status, job.last_error) if job else (None, None)
            deployed.append(TargetFacts(target.id, is_looked_at, status, error))
            served.add(target.id)
        unwatched = tuple(target_id for target_id in certificate.target_ids if target_id not in served)
        return replace(facts, targets=tuple(deployed), unwatched=unwatched)

    def _key_types(self, certificate_id: str, versions: Sequence[Version]) -> dict[str, str]:
        # Loads cryptography, which the API's functions do not need at start.
        from certctl.crypto.keys import key_type
        from certctl.crypto.pem import load_certificate

        issued = [v.serial_number for v in versions if v.state is VersionState.ISSUED]
        pems = self.stores.certificates.pems(certificate_id, issued)
        keys = {serial: load_certificate(pem.certificate_pem).public_key() for serial, pem in pems.items()}
        return {serial: key_type(key) for serial, key in keys.items()}  # type: ignore[arg-type]


def _last_deployments(jobs: Sequence[Job], serial: str) -> dict[str | None, Job]:
    """The newest job by target; `jobs` are the newest first."""
    of_serial = (
        j for j in jobs if j.type is JobType.DEPLOYMENT and j.task and j.task.serial_number == serial
    )
    last: dict[str | None, Job] = {}
    for job in of_serial:
        last.setdefault(job.target_id, job)
    return last
