"""What an ACME client asks for, and what it is shown of its orders."""

from collections.abc import Sequence
from dataclasses import dataclass

from certctl.domain.access.principals import Principal
from certctl.domain.acme.accounts import AcmeAccount
from certctl.domain.acme.authorizations import Authorization
from certctl.domain.acme.eab_keys import EabKey
from certctl.domain.acme.orders import Order
from certctl.domain.acme.problems import ProblemType
from certctl.domain.acme.statuses import OrderStatus


@dataclass(frozen=True)
class AcmeCaller:
    """The sender of a request that is signed with the key of an ACME account. `principal` has what the
    account's service account may do, within the names of the EAB key."""

    account: AcmeAccount
    eab_key: EabKey
    principal: Principal


@dataclass(frozen=True)
class WantedOrder:
    """The payload of newOrder (RFC 8555 section 7.4), not checked yet: `identifiers` are the values of the
    JSON array. `has_validity`: the client sent notBefore or notAfter."""

    identifiers: Sequence[object]
    profile: str | None = None
    replaces: str | None = None
    has_validity: bool = False


@dataclass(frozen=True)
class OrderProblem:
    """Why an order is invalid."""

    type: ProblemType
    detail: str


@dataclass(frozen=True)
class OrderView:
    """An order as it is at the time of the request. An order has one authorization for each identifier;
    `authorizations` are the stored ones, in the order of the identifiers: none in the mode trusted.
    `retry_after` is the number of seconds until the client should ask again."""

    order: Order
    status: OrderStatus
    authorizations: tuple[Authorization, ...] = ()
    problem: OrderProblem | None = None
    retry_after: int | None = None
