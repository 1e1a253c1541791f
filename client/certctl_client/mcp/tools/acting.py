"""Tools that change the stack, offered only with `--allow-writes`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, cast
from uuid import uuid4

from pydantic import Field

from certctl_client.api.reasons import LastingReason, RevocationReason
from certctl_client.api.resources import Stack
from certctl_client.api.schema import (
    BulkRevokeBody,
    DeployBody,
    NewCertificateBody,
    RenewBody,
    RevokeBody,
    RevokedView,
)
from certctl_client.commands.options import given
from certctl_client.errors import CommandError, RequestFailed
from certctl_client.mcp.inputs import (
    LARGEST_PAGE,
    Cursor,
    Id,
    bulk_filters,
    new_fields,
    with_fields,
    with_filters,
)
from certctl_client.mcp.pages import checked_cursor
from certctl_client.mcp.presenting import CHECK
from certctl_client.mcp.results import ToolResult, selected
from certctl_client.plain_text import counted
from certctl_client.record_fields.certificates import CERTIFICATE_FIELDS

# The notification is gone or has changed. Any other status would apply to all notifications.
_REFUSALS = frozenset({404, 409})

Ids = Annotated[list[Id], Field(min_length=1, max_length=50, description="Ids, as shown in the lists.")]
OptionalIds = Annotated[
    list[Id] | None, Field(min_length=1, max_length=1000, description="Ids of the certificates to revoke.")
]
TargetIds = Annotated[
    list[Id] | None, Field(min_length=1, max_length=20, description="Only to these targets; default: all.")
]
DryRun = Annotated[bool, Field(description="True: only list the certificates that would be revoked.")]
Csr = Annotated[
    str | None,
    Field(max_length=65536, description="A PKCS #10 request in PEM; its private key is not needed."),
]
Ticket = Annotated[
    str | None,
    Field(max_length=128, description="Number of the ticket that asks for it, if the person has one."),
]
_CREATED = ("id", "name", "status", "job_id", "subject", "ignored_subject", "ignored_extensions")
Serial = Annotated[str, Field(min_length=1, max_length=80, description="Hex, as shown in certificates.")]


@dataclass(frozen=True)
class Acting:
    stack: Stack

    def requeue_notifications(self, notification_ids: Ids) -> ToolResult:
        """Requeue dead or failed alerts: each is delivered again. Only once the cause is repaired, and with
        the person's consent. Returns which were refused, and why."""
        done: list[dict[str, Any]] = []
        for notification_id in dict.fromkeys(notification_ids):
            done.append(self._requeued(notification_id, len(done)))
        requeued = sum(outcome["requeued"] for outcome in done)
        return ToolResult({"requeued": requeued, "refused": len(done) - requeued, "notifications": done})

    @with_fields(new_fields(CERTIFICATE_FIELDS))
    def create_certificate(self, wanted: Mapping[str, object], csr_pem: Csr = None) -> ToolResult:
        """Request a certificate; follow its job_id with get_job. `subject` has values that the profile
        allows, {"O": "Example"}: list_catalog(profiles) shows `subject` and `teams` of each. Without a CSR
        the job waits for one. Ask the person first."""
        body = cast(NewCertificateBody, given(csr_pem=csr_pem, **wanted))
        made = self.stack.certificates.create(body, str(uuid4()))
        return ToolResult(selected({**made}, _CREATED))

    def renew_certificate(self, certificate_id: Id, csr_pem: Csr = None) -> ToolResult:
        """Start a renewal; follow its job_id with get_job. Without a CSR the job waits until the agent, or
        the holder of the key, submits one."""
        body: RenewBody = {} if csr_pem is None else {"csr_pem": csr_pem}
        started = self.stack.certificates.renew(certificate_id, body, str(uuid4()))
        return ToolResult({"certificate_id": certificate_id, "job_id": started["job_id"]})

    def deploy_certificate(self, certificate_id: Id, target_ids: TargetIds = None) -> ToolResult:
        """Deploy the current version again, by the agents of its targets: after a failed deployment was
        repaired. Open deployments continue. Follow the job_ids with list_deployments."""
        body: DeployBody = {} if target_ids is None else {"target_ids": target_ids}
        started = self.stack.certificates.deploy(certificate_id, body, str(uuid4()))
        return ToolResult({"certificate_id": certificate_id, "job_ids": started["job_ids"]})

    def test_catalog_record(self, kind: Literal["issuers", "targets"], record_id: Id) -> ToolResult:
        """Test whether an issuer can issue, or a target's agent exists and is online. Changes nothing."""
        related = self.stack.related
        test = related.test_issuer if kind == "issuers" else related.test_target
        tested = test(record_id)
        checks = [selected(made, CHECK) for made in tested["checks"]]
        return ToolResult({"passed": tested["passed"], "checks": checks})

    def revoke_certificate(
        self, certificate_id: Id, reason: RevocationReason, ticket: Ticket = None
    ) -> ToolResult:
        """Revoke a certificate permanently: every unexpired version. Only a certificateHold can be undone.
        Ask the person first, with the certificate's id and name."""
        return _result(self.stack.certificates.revoke(certificate_id, _body(reason, ticket)))

    @with_filters(bulk_filters(CERTIFICATE_FIELDS))
    def bulk_revoke_certificates(
        self,
        reason: LastingReason,
        filters: Mapping[str, object],
        certificate_ids: OptionalIds = None,
        cursor: Cursor = None,
        dry_run: DryRun = True,
        ticket: Ticket = None,
    ) -> ToolResult:
        """Revoke every certificate that matches all of these filters permanently, as one job. The dry run
        lists them: show it to the person, with the number, and ask before the call with dry_run false."""
        chosen = given(certificate_ids=certificate_ids, ticket=ticket, **filters)
        body = cast(BulkRevokeBody, {"reason": reason, **chosen})
        if dry_run:
            return self._would_revoke(body, cursor)
        started = self.stack.certificates.bulk_revoke(body, str(uuid4()))
        return ToolResult({"dry_run": False, "job_id": started["job_id"]})

    def _would_revoke(self, body: BulkRevokeBody, cursor: str | None) -> ToolResult:
        preview: BulkRevokeBody = {**body, "per_page": LARGEST_PAGE}
        if cursor:
            preview["cursor"] = cursor
        page = self.stack.certificates.preview_bulk_revocation(preview)
        ids, cursor = page["certificate_ids"], checked_cursor(page["next_cursor"])
        return ToolResult({"dry_run": True, "certificate_ids": ids, "next_cursor": cursor})

    def revoke_version(
        self, certificate_id: Id, serial_number: Serial, reason: RevocationReason, ticket: Ticket = None
    ) -> ToolResult:
        """Revoke one version of a certificate, by its serial; the certificate stays. Ask the person first."""
        from certctl_client.crl.documents import parse_serial  # loads cryptography.x509

        serial, body = parse_serial(serial_number), _body(reason, ticket)
        return _result(self.stack.certificates.revoke_version(certificate_id, serial, body))

    def _requeued(self, notification_id: str, before: int) -> dict[str, Any]:
        try:
            self.stack.notifications.requeue(notification_id)
        except RequestFailed as refused:
            if refused.status not in _REFUSALS:
                raise _after(before, refused) from None
            return {"id": notification_id, "requeued": False, "refusal": refused.message}
        except CommandError as error:
            raise _after(before, error) from None
        return {"id": notification_id, "requeued": True}


def _body(reason: RevocationReason, ticket: str | None) -> RevokeBody:
    return {"reason": reason, "ticket": ticket} if ticket else {"reason": reason}


def _result(revoked: RevokedView) -> ToolResult:
    """`other_certificates` use a key that is compromised, and are not revoked. `refused_keys`: no
    certificate is issued for them from now on. Clients accept `unchecked_serial_numbers` until they
    expire."""
    return ToolResult({**revoked})


def _after(before: int, error: CommandError) -> CommandError:
    handled = counted(before, "notification")
    advice = f"Already handled, from the start of the list: {handled}. {error.next_step}"
    return CommandError(error.message, advice.rstrip(), error.code)
