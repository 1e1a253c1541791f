"""Writes as values: each carries the error that is raised if its condition fails."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from certctl.domain.errors import ChangedMeanwhile

MAX_ACTIONS = 100
"""The limit of one TransactWriteItems."""
_SINGLE_CALLS = {"Put": "put_item", "Update": "update_item", "Delete": "delete_item"}


def _changed_meanwhile() -> Exception:
    return ChangedMeanwhile("The record changed concurrently. Read it again and repeat.")


@dataclass(frozen=True)
class Write:
    """One action of a transaction, or one single write (all but ConditionCheck)."""

    operation: str
    request: dict[str, Any]
    refused: Exception = field(default_factory=_changed_meanwhile)

    @property
    def single_call(self) -> str:
        return _SINGLE_CALLS[self.operation]

    def single_request(self) -> dict[str, Any]:
        """Without the row after it: callers that read none spare its way here and its parsing."""
        extra = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"} if self._is_conditional else {}
        return self.request | extra

    def returning_request(self) -> dict[str, Any]:
        return self.single_request() | {"ReturnValues": "ALL_NEW"}

    @property
    def _is_conditional(self) -> bool:
        return "ConditionExpression" in self.request


def put(item: Model, condition: Condition | None = None, refused: Exception | None = None) -> Write:
    return _step("Put", item.get_save_kwargs_from_instance(condition=condition), refused)


def update(
    item: Model,
    actions: Sequence[Action],
    condition: Condition | None = None,
    refused: Exception | None = None,
) -> Write:
    """`item` needs its keys only. Pass a condition: an update without one recreates a deleted row."""
    return _step(
        "Update", item.get_update_kwargs_from_instance(actions=list(actions), condition=condition), refused
    )


def delete(item: Model, condition: Condition | None = None, refused: Exception | None = None) -> Write:
    return _step("Delete", item.get_delete_kwargs_from_instance(condition=condition), refused)


def check(item: Model, condition: Condition, refused: Exception | None = None) -> Write:
    return _step("ConditionCheck", item.get_delete_kwargs_from_instance(condition=condition), refused)


def _step(operation: str, request: dict[str, Any], refused: Exception | None) -> Write:
    return Write(operation, request, refused) if refused else Write(operation, request)
