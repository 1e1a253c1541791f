"""From an ACME account to its caller: within the grants of its service account, the team and the names of its
EAB key (ADR 72)."""

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import ip_address

from certctl.domain.access.api_keys import Credential
from certctl.domain.access.credentials import CredentialKind
from certctl.domain.access.permissions import Permission, Role
from certctl.domain.access.principals import Principal
from certctl.domain.access.subjects import Subject
from certctl.domain.acme.accounts import AcmeAccount
from certctl.domain.acme.eab_keys import EabKey
from certctl.domain.acme.problems import AcmeProblem, ProblemType
from certctl.domain.acme.views import AcmeCaller
from certctl.domain.audit.events import Actor, ActorType, UsedCredential
from certctl.domain.ids import ulid_of
from certctl.domain.networks import networks_of

ROLE = Role.OPERATOR
"""The lowest role that requests certificates: an ACME account has nothing more of its service account's."""
ACTIONS = (
    Permission.CERTIFICATES_READ,
    Permission.CERTIFICATES_WRITE,
    Permission.CERTIFICATES_SUBMIT_CSR,
    Permission.CERTIFICATES_REVOKE,
)
_NO_SUBJECT = "The service account of this ACME account is disabled or deleted."
_NO_GRANT = "The service account of this ACME account has no role in the team of its EAB key any more."
_ENDED = "This ACME account is {}."
_BEYOND_NETWORKS = "Requests by ACME accounts of this EAB key may not come from this address."


def caller_of(account: AcmeAccount, key: EabKey, subject: Subject | None) -> AcmeCaller:
    """Raises AcmeProblem if the service account of the ACME account may do nothing: it is disabled, deleted,
    or has no role in the team of the EAB key."""
    if subject is None or subject.id != account.service_account_id or not subject.enabled:
        raise AcmeProblem(ProblemType.UNAUTHORIZED, _NO_SUBJECT)
    principal = _credential_of(account, key).principal(subject)
    if principal is None:
        raise AcmeProblem(ProblemType.UNAUTHORIZED, _NO_GRANT)
    return AcmeCaller(account, key, _answered_for(principal, key, subject))


def actor_of_account(account: AcmeAccount) -> Actor:
    """The service account, which acts with the ACME account."""
    shown = UsedCredential(account.id, CredentialKind.ACME_ACCOUNT.shown, account.eab_key_id)
    return Actor(account.service_account_id, ActorType.SERVICE, shown)


def require_valid(account: AcmeAccount) -> None:
    """Raises AcmeProblem with the status 401 (RFC 8555 sections 7.3.6 and 7.3.7)."""
    if not account.is_valid:
        raise AcmeProblem(ProblemType.UNAUTHORIZED, _ENDED.format(account.status.value), 401)


def require_source(source_cidrs: Sequence[str], source_ip: str) -> None:
    """Raises AcmeProblem unless the address is in one of the networks, if there are any."""
    if source_cidrs and not _is_within(source_cidrs, source_ip):
        raise AcmeProblem(ProblemType.UNAUTHORIZED, _BEYOND_NETWORKS)


def _is_within(cidrs: Sequence[str], source_ip: str) -> bool:
    try:
        address = ip_address(source_ip)
    except ValueError:
        return False
    return any(address in network for network in networks_of(cidrs))


def _credential_of(account: AcmeAccount, key: EabKey) -> Credential:
    return Credential(
        key_hash="",
        key_id=account.id,
        role=ROLE,
        teams=(key.team_id,),
        makers=key.answerable,
        subject_ulid=ulid_of(account.service_account_id),
        actions=ACTIONS,
        names=key.names,
        made_by=key.id,
        kind=CredentialKind.ACME_ACCOUNT,
    )


def _answered_for(principal: Principal, key: EabKey, subject: Subject) -> Principal:
    # ADR 37: who made the EAB key requested what its ACME accounts request, and approves none of it
    return replace(principal, answerable=tuple(dict.fromkeys((*subject.answerable, *key.answerable))))
