"""Authorizations and challenges as clients read, answer and deactivate them (RFC 8555 section 7.5)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from certctl.domain.acme.attempts import answered, needs_nudge
from certctl.domain.acme.authorizations import Authorization, AuthorizationStatus
from certctl.domain.acme.eab_keys import ChallengeType
from certctl.domain.acme.ordering.limits import LimitedAct
from certctl.domain.acme.orders import Order
from certctl.domain.acme.problems import AcmeProblem, ProblemType
from certctl.domain.acme.shown_authorizations import (
    ShownAuthorization,
    shown_authorization,
    trusted_authorization,
)
from certctl.domain.acme.views import AcmeCaller
from certctl.observability import logger
from certctl.store.acme.authorizations import AuthorizationStore
from certctl.store.acme.orders import OrderStore
from certctl.store.database import Database
from certctl.store.paging import in_parallel
from certctl.unit_of_work.acme.limits import HourlyLimits
from certctl.unit_of_work.nudges import Nudges
from certctl.unit_of_work.retry import retry_on_conflict

_REVOKED = "The EAB key of this ACME account is revoked: nothing new is validated for it."
_ALIVE = (AuthorizationStatus.PENDING, AuthorizationStatus.VALID)


@dataclass(frozen=True)
class Authorizations:
    """Each change is one conditional write. A nudge that is lost is sent again when the client reads the
    authorization or its challenge: the waiting client is the sweep (ADR 73)."""

    database: Database
    orders: OrderStore
    authorizations: AuthorizationStore
    limits: HourlyLimits
    nudges: Nudges
    now: Callable[[], datetime]

    def read(self, caller: AcmeCaller, order_id: str, n: int) -> ShownAuthorization:
        """Two reads, concurrently. Raises AcmeProblem, 404."""
        order, authorization = self._found(caller, order_id, n)
        return self._shown(order, authorization, n)

    def read_challenge(self, caller: AcmeCaller, order_id: str, n: int, type: str) -> ShownAuthorization:
        """The authorization of a challenge that it shows. Raises AcmeProblem, 404."""
        return _with_challenge(self.read(caller, order_id, n), type)

    @retry_on_conflict
    def answer(
        self, caller: AcmeCaller, order_id: str, n: int, type: str, account_url: str
    ) -> ShownAuthorization:
        """Has a challenge validated: with the key of the ACME account at this time. An answer to one that is
        being validated, or decided, changes nothing. Raises AcmeProblem."""
        order, before = self._found(caller, order_id, n)
        shown = _with_challenge(self._shown(order, before, n), type)
        if before is None or shown.status is not AuthorizationStatus.PENDING or before.answered == type:
            return shown
        _require_answerable(caller, before)
        self.limits.take(caller, LimitedAct.CHALLENGES)
        now, thumbprint = self.now(), caller.account.thumbprint
        after = answered(before, ChallengeType(type), thumbprint, account_url, now)
        self._replace(before, after)
        self._nudge(after)
        return shown_authorization(after, now)

    @retry_on_conflict
    def deactivate(self, caller: AcmeCaller, order_id: str, n: int) -> ShownAuthorization:
        """Ends a pending or valid authorization (RFC 8555 section 7.5.2); its order cannot be finalized any
        more. Raises AcmeProblem."""
        order, before = self._found(caller, order_id, n)
        shown = self._shown(order, before, n)
        if shown.status not in _ALIVE:
            return shown
        if before is None:
            return self._deactivate_trusted(order, n)
        after = replace(before, status=AuthorizationStatus.DEACTIVATED, due_at=None)
        self._replace(before, after)
        return shown_authorization(after, self.now())

    def _deactivate_trusted(self, order: Order, n: int) -> ShownAuthorization:
        places = tuple(sorted({*order.deactivated, n}))
        after = replace(order, deactivated=places, revision=order.revision + 1)
        self.database.write_or_refuse(self.orders.replace_step(order, after))
        return trusted_authorization(after, n, self.now())

    def _replace(self, before: Authorization, after: Authorization) -> None:
        self.database.write_or_refuse(self.authorizations.replace_step(before, after))

    def _found(self, caller: AcmeCaller, order_id: str, n: int) -> tuple[Order, Authorization | None]:
        """The order and the authorization, None in the mode trusted."""
        order, authorization = in_parallel(
            lambda: self.orders.get(caller.account.id, order_id),
            lambda: self.authorizations.get(order_id, n),
        )
        is_known = order is not None and n < len(order.identifiers)
        if order is None or not is_known or (authorization is None and not order.is_trusted):
            raise _absent()
        return order, authorization

    def _shown(self, order: Order, authorization: Authorization | None, n: int) -> ShownAuthorization:
        now = self.now()
        if authorization is None:
            return trusted_authorization(order, n, now)
        if needs_nudge(authorization, now):
            self._nudge(authorization)
        return shown_authorization(authorization, now)

    def _nudge(self, authorization: Authorization) -> None:
        try:
            self.nudges.validation(authorization.order_id, authorization.n)
        except Exception:
            logger.warning("a nudge was not sent", exc_info=True)


def _require_answerable(caller: AcmeCaller, authorization: Authorization) -> None:
    if caller.eab_key.is_revoked:
        raise AcmeProblem(ProblemType.UNAUTHORIZED, _REVOKED)
    if authorization.answered is not None:
        detail = f"The challenge {authorization.answered} of this authorization is being validated."
        raise AcmeProblem(ProblemType.MALFORMED, detail)


def _with_challenge(authorization: ShownAuthorization, type: str) -> ShownAuthorization:
    if authorization.challenge(type) is None:
        raise _absent()
    return authorization


def _absent() -> AcmeProblem:
    return AcmeProblem(ProblemType.MALFORMED, "There is nothing at this URL.", 404)
