"""One deployment, step by step: claimed, installing, (restoring,) ended.

The journal is written before each step, so that the next run completes or rolls back a run that ended
anywhere.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from certctl_client.agent.bundles import Bundle, checked_bundle, checked_leaf
from certctl_client.agent.certificate_keys import CertificateKeys
from certctl_client.agent.consent.consent import EVERYTHING, Consent
from certctl_client.agent.control_plane import ControlPlane
from certctl_client.agent.errors import DeploymentFailed, Unavailable, WorkRefused
from certctl_client.agent.events import LogEvent, without_secrets
from certctl_client.agent.journals import Entry, Journals, Phase
from certctl_client.agent.targets.base import Assignment, Target
from certctl_client.agent.targets.registry import target_of
from certctl_client.agent.wire import Work, version_of, work_of
from certctl_client.errors import CommandError, RequestFailed

_MOST_INSTALLATIONS, _MOST_ROLLBACKS = 3, 5
_UNAUTHORIZED, _UNKNOWN, _CONFLICT, _UNPROCESSABLE = 401, 404, 409, 422
_IT_HAS_ENDED = (_UNKNOWN, _CONFLICT)


@dataclass(frozen=True)
class Deployer:
    server: ControlPlane
    keys: CertificateKeys
    journals: Journals
    consent: Callable[[], Consent]
    log: LogEvent
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def take(self, record: Mapping[str, Any]) -> None:
        """Deploys. Raises Unavailable if it has to wait; the journal keeps the job until then."""
        self._advance(self.journals.begun(record))

    def resume(self) -> frozenset[str]:
        """Completes or rolls back what an earlier run left, without the server if that is unavailable.
        Returns the ids of these jobs. Raises Unavailable if a result is still to be reported."""
        postponed: Unavailable | None = None
        left = list(self.journals.unfinished())
        for entry in left:
            self.log("deployment_resumed", job_id=entry.job_id, phase=entry.phase)
            try:
                self._advance(self._claimed_again(entry))
            except Unavailable as error:
                postponed = error
            except RequestFailed as refused:
                if refused.status == _UNAUTHORIZED:
                    raise
                self.log("deployment_waits", job_id=entry.job_id, error=refused.message)
        if postponed:
            raise postponed
        return frozenset(entry.job_id for entry in left)

    def _advance(self, entry: Entry | None) -> None:
        steps: Mapping[Phase, Callable[[Entry], Entry | None]] = {
            Phase.CLAIMED: self._claim,
            Phase.INSTALLING: self._install,
            Phase.RESTORING: self._restore,
            Phase.ENDED: self._report,
        }
        while entry is not None:
            entry = steps[entry.phase](entry)

    def _claimed_again(self, entry: Entry) -> Entry:
        """Settles an unfinished deployment, whether or not the server responds; rolls it back if the job
        ended."""
        if entry.phase is not Phase.INSTALLING:
            return entry
        try:
            return self.journals.kept(replace(entry, attempt=self.server.start(entry.job_id)))
        except Unavailable:
            return entry
        except RequestFailed as refused:
            return self._turned_back(entry, "The job has ended.") if _has_ended(refused) else entry

    def _claim(self, entry: Entry) -> Entry | None:
        try:
            entry = replace(entry, attempt=self.server.start(entry.job_id))
        except RequestFailed as refused:
            if not _has_ended(refused):
                raise
            self._forgotten(entry, refused)
            return None
        try:
            return self._prepared(self.journals.kept(entry))
        except WorkRefused as error:
            return self._ended(
                entry, outcome="failed", error=error.message, rolled_back=False, untouched=True
            )
        except DeploymentFailed as error:  # it may succeed later; the former files are in place
            return self._ended(entry, outcome="failed", error=error.message, rolled_back=True)

    def _prepared(self, entry: Entry) -> Entry:
        """Checks and stores everything before the target is touched."""
        work = work_of(entry.work)
        version = self._version(work)
        bundle = self._bundle(work, version)
        snapshot = self._target(work, self.consent()).snapshot()
        blobs = self.journals.keep_blobs(entry.job_id, snapshot)
        self.log("deployment_begins", job_id=entry.job_id, target=work.target and work.target.id)
        return self.journals.kept(
            replace(
                entry,
                phase=Phase.INSTALLING,
                version={
                    "serial_number": f"{bundle.certificate.serial_number:x}",
                    "certificate_pem": bundle.leaf.decode(),
                    "chain_pem": bundle.chain.decode(),
                    "fingerprint_sha256": bundle.fingerprint,
                },
                snapshot=snapshot.values,
                blobs=blobs,
            )
        )

    def _version(self, work: Work) -> Mapping[str, Any]:
        try:
            return self.server.version(work.certificate_id, work.serial_number)
        except RequestFailed as refused:
            if refused.status == _UNAUTHORIZED:
                raise
            raise WorkRefused(f"The server does not return the certificate: {refused.message}") from None

    def _install(self, entry: Entry) -> Entry:
        if entry.tries >= _MOST_INSTALLATIONS:
            return self._turned_back(entry, "The agent stopped during each attempt.")
        entry = self.journals.kept(replace(entry, tries=entry.tries + 1))
        try:
            work = work_of(entry.work)
            bundle = self._bundle(work, entry.version or {})
            target = self._target(work, self.consent())
            target.install(bundle)
            served = target.verify(bundle)
        except CommandError as error:
            return self._turned_back(entry, error.message)
        except Exception as error:  # whatever the error, the former files must be restored
            return self._turned_back(entry, f"Unexpected {type(error).__name__}.")
        return self._ended(entry, outcome="succeeded", served_fingerprint_sha256=served)

    def _restore(self, entry: Entry) -> Entry:
        entry = self.journals.kept(replace(entry, tries=entry.tries + 1))
        try:
            # it was allowed when it started: a rollback is possible whatever the host allows now
            self._target(work_of(entry.work), EVERYTHING).restore(self.journals.snapshot_of(entry))
        except CommandError as error:
            return self._not_restored(entry, error)
        self.log("rolled_back", job_id=entry.job_id, reason=entry.reason)
        return self._ended(entry, outcome="failed", error=entry.reason, rolled_back=True)

    def _not_restored(self, entry: Entry, error: CommandError) -> Entry:
        self.log("rollback_failed", job_id=entry.job_id, error=error.message, tries=entry.tries)
        if entry.tries < _MOST_ROLLBACKS:
            raise Unavailable(f"The rollback failed: {error.message}")
        reason = f"{entry.reason} The rollback failed: {error.message}"
        return self._ended(entry, outcome="failed", error=reason, rolled_back=False)

    def _report(self, entry: Entry) -> None:
        result = {"attempt": entry.attempt, **(entry.result or {})}
        if not self.server.takes_untouched:
            result.pop("untouched", None)
        try:
            self._reported(entry.job_id, result)
        except RequestFailed as refused:
            if refused.status not in (*_IT_HAS_ENDED, _UNPROCESSABLE):
                raise
            return self._forgotten(entry, refused)
        self.log("deployment_reported", job_id=entry.job_id, **(entry.result or {}))
        self._closed(entry)
        if entry.version:
            work = work_of(entry.work)
            self.keys.drop_before(work.certificate_id, checked_leaf(work, version_of(entry.version)))

    def _reported(self, job_id: str, result: Mapping[str, Any]) -> None:
        """Reports the result; claims again if the lease has expired, because the work is done."""
        try:
            self.server.report(job_id, result)
        except RequestFailed as refused:
            if refused.status != _CONFLICT:
                raise
            self.server.report(job_id, {**result, "attempt": self.server.start(job_id)})

    def _forgotten(self, entry: Entry, refused: RequestFailed) -> None:
        self.log("deployment_dropped", job_id=entry.job_id, status=refused.status, error=refused.message)
        self._closed(entry)

    def _closed(self, entry: Entry) -> None:
        if entry.phase is Phase.ENDED and entry.snapshot and (entry.result or {}).get("rolled_back") is False:
            kept = self.journals.set_aside(entry)
            return self.log("former_files_kept", job_id=entry.job_id, directory=kept)
        self.journals.drop(entry.job_id)

    def _turned_back(self, entry: Entry, reason: str) -> Entry:
        self.log("deployment_failed", job_id=entry.job_id, reason=reason)
        back = replace(entry, phase=Phase.RESTORING, tries=0, reason=without_secrets(reason))
        return self.journals.kept(back)

    def _ended(self, entry: Entry, **result: Any) -> Entry:
        if "error" in result:
            result["error"] = without_secrets(result["error"])
        return self.journals.kept(replace(entry, phase=Phase.ENDED, result=result))

    def _bundle(self, work: Work, record: Mapping[str, Any]) -> Bundle:
        version = version_of(record)
        leaf = checked_leaf(work, version)
        return checked_bundle(version, self.keys.key_pem_of(work.certificate_id, leaf), self.now())

    def _target(self, work: Work, consent: Consent) -> Target:
        if work.target is None:
            raise WorkRefused("The job names no target.")
        place = Assignment(work.target.id, work.certificate_id, work.common_name, work.target.config, consent)
        return target_of(work.target.type, place)


def _has_ended(refused: RequestFailed) -> bool:
    return refused.status in _IT_HAS_ENDED
