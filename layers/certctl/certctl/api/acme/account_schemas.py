"""ACME accounts and their orders on the wire."""

from typing import TYPE_CHECKING, TypedDict

from certctl.api.records import view_of
from certctl.domain.acme.eab_keys import AuthorizationMode
from certctl.domain.acme.identifiers import IdentifierType
from certctl.domain.acme.statuses import AccountStatus, OrderStatus

if TYPE_CHECKING:
    from certctl.domain.acme.accounts import AcmeAccount
    from certctl.services.acme.administered import JudgedOrder


class AcmeAccountView(TypedDict):
    """`thumbprint` is that of its public key (RFC 7638), `key_type` the `kty` of the key. `contacts` are as
    its client sent them. `ended_at`: when its client deactivated it, or an operator revoked it.
    `last_seen_at`: its last order."""

    id: str
    eab_key_id: str
    service_account_id: str
    team_id: str
    status: AccountStatus
    thumbprint: str
    key_type: str
    contacts: list[str]
    terms_agreed_at: str | None
    created_at: str
    updated_at: str
    ended_at: str | None
    last_seen_at: str | None
    version: int


class AcmeIdentifierView(TypedDict):
    """A name that was ordered."""

    type: IdentifierType
    value: str


class AcmeOrderView(TypedDict):
    """`status` is that of RFC 8555, at the time of the request. `certificate_id` and `job_id` are null until
    the order is finalized. `refused`: why nothing is issued for it. `replaces`: the certificate that it
    renews, as its client named it (RFC 9773)."""

    id: str
    account_id: str
    eab_key_id: str
    status: OrderStatus
    identifiers: list[AcmeIdentifierView]
    profile_id: str
    authorization: AuthorizationMode
    certificate_id: str | None
    job_id: str | None
    refused: str | None
    replaces: str | None
    created_at: str
    expires_at: str
    finalized_at: str | None
    downloaded_at: str | None


def acme_account_view(account: "AcmeAccount") -> AcmeAccountView:
    key_type = account.jwk.get("kty", "")
    return view_of(AcmeAccountView, account, key_type=key_type, version=account.revision)


def acme_order_view(judged: "JudgedOrder") -> AcmeOrderView:
    return view_of(
        AcmeOrderView,
        judged.order,
        status=judged.status,
        identifiers=[AcmeIdentifierView(type=i.type, value=i.value) for i in judged.order.identifiers],
        authorization=judged.order.mode,
    )
