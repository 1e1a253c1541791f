"""Authorizations of orders that are not trusted: a row of State each, in the partition of their order."""

from collections.abc import Sequence

from certctl.domain.acme.authorizations import Authorization, ChallengeError
from certctl.domain.acme.orders import KEPT
from certctl.domain.acme.problems import ProblemType
from certctl.store.acme.items import AuthorizationItem
from certctl.store.acme.keys import authorizations_of, order_of
from certctl.store.database import Database
from certctl.store.mapping import to_item, to_record
from certctl.store.writes import Write, put

MOST = 100
"""More than an order has identifiers."""


class AuthorizationStore:
    """All reads are consistent."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, order_id: str, n: int) -> Authorization | None:
        kind = authorizations_of(order_id)
        item = self._database.get(AuthorizationItem, kind, place(n), consistent=True)
        return authorization_in(item) if item else None

    def all_of(self, order_id: str) -> Sequence[Authorization]:
        """The authorizations of an order, in the order of its identifiers. One query."""
        kind = authorizations_of(order_id)
        page = self._database.query(AuthorizationItem, kind, limit=MOST, consistent=True)
        return [authorization_in(item) for item in page.items]

    def create_step(self, authorization: Authorization) -> Write:
        return put(_item(authorization), AuthorizationItem.id.does_not_exist())

    def replace_step(self, before: Authorization, after: Authorization) -> Write:
        """Refused with ChangedMeanwhile if its status, its attempts or its answer are other ones."""
        as_read = (AuthorizationItem.status == before.status) & (AuthorizationItem.attempt == before.attempt)
        if before.answered is None:
            as_read &= AuthorizationItem.answered.does_not_exist()
        return put(_item(after), as_read)


def place(n: int) -> str:
    """The `id` of an authorization's row."""
    return f"{n:03}"


def _item(authorization: Authorization) -> AuthorizationItem:
    error = authorization.error
    return to_item(
        AuthorizationItem,
        authorization,
        kind=authorizations_of(authorization.order_id),
        id=place(authorization.n),
        identifier=(authorization.identifier,),
        thumbprint=authorization.thumbprint or None,
        account_url=authorization.account_url or None,
        addresses=authorization.addresses or None,
        error_type=error.type.value if error else None,
        error_detail=error.detail if error else None,
        delete_after=int((authorization.expires_at + KEPT).timestamp()),
    )


def authorization_in(item: AuthorizationItem) -> Authorization:
    return to_record(
        Authorization,
        item,
        order_id=order_of(item.kind),
        n=int(item.id),
        identifier=item.identifier[0],
        addresses=item.addresses or (),
        error=_error_in(item),
    )


def _error_in(item: AuthorizationItem) -> ChallengeError | None:
    if not item.error_type:
        return None
    return ChallengeError(ProblemType(item.error_type), item.error_detail or "")
