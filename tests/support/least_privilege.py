"""What functions ask of DynamoDB in process, held against their own IAM statements in template.yaml.

The leading key counts too (`dynamodb:LeadingKeys`), which the local emulator does not look at.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, cast

from botocore.exceptions import ClientError

from tests.support.template import references, statements, table_definitions

_LEADING_KEYS = "ForAllValues:StringLike"


@dataclass(frozen=True)
class Access:
    """One action on one row, or on what a query finds. `leading_key` is None where many may be meant."""

    action: str
    table: str
    is_of_index: bool
    leading_key: str | None


@dataclass
class Privileges:
    """Refuses what AWS would; `refused` tells of it where the code went on without."""

    refused: list[str] = field(default_factory=list)
    _folder: ContextVar[str | None] = field(default_factory=lambda: ContextVar("folder", default=None))

    def within[S](self, folder: str, service: S) -> S:
        """The service as that function runs it: each of its methods with the function's permissions."""
        return cast(S, _Confined(self, folder, service))

    def of[**P, R](self, folder: str | None, handler: Callable[P, R]) -> Callable[P, R]:
        """The handler with its function's own permissions; None is a test's, which may do all."""

        def confined(*arguments: P.args, **named: P.kwargs) -> R:
            with self._acting_as(folder):
                return handler(*arguments, **named)

        return confined

    def watch(self, client: Any) -> None:
        """`client` is a botocore client of DynamoDB."""
        client.meta.events.register_first("provide-client-params.dynamodb", self._look)

    @contextmanager
    def _acting_as(self, folder: str | None) -> Iterator[None]:
        before = self._folder.set(folder)
        try:
            yield
        finally:
            self._folder.reset(before)

    def _look(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        folder = self._folder.get()
        if folder is None:
            return
        refused = [each for each in _accesses(model.name, params) if not _is_allowed(folder, each)]
        if refused:
            self.refused += [f"{folder}: {each}" for each in refused]
            message = f"{folder} may not: {refused}"
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": message}}, model.name)


@dataclass(frozen=True)
class _Confined:
    privileges: Privileges
    folder: str
    service: Any

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.service, name)
        return self.privileges.of(self.folder, found) if callable(found) else found


_submit = ThreadPoolExecutor.submit


def submit_in_context[R](
    pool: ThreadPoolExecutor, task: Callable[..., R], /, *arguments: Any, **named: Any
) -> Future[R]:
    """For `ThreadPoolExecutor.submit`: what a function does aside, it does with its own permissions too."""
    return _submit(pool, copy_context().run, task, *arguments, **named)


@cache
def _is_allowed(folder: str, access: Access) -> bool:
    return any(_allows(statement, access) for statement in statements(folder))


def _allows(statement: dict[str, Any], access: Access) -> bool:
    return (
        f"dynamodb:{access.action}" in statement["Action"]
        and any(_names(resource, access) for resource in statement["Resource"])
        and _keeps(statement.get("Condition"), access.leading_key)
    )


def _names(resource: Any, access: Access) -> bool:
    is_of_index = str(resource.get("Fn::Sub", "")).endswith("/index/*")
    return f"{access.table.title()}Table" in references(resource) and is_of_index == access.is_of_index


def _keeps(condition: dict[str, Any] | None, leading_key: str | None) -> bool:
    if condition is None:
        return True
    patterns = condition[_LEADING_KEYS]["dynamodb:LeadingKeys"]
    return leading_key is not None and any(fnmatchcase(leading_key, pattern) for pattern in patterns)


def _accesses(operation: str, params: dict[str, Any]) -> list[Access]:
    if operation == "BatchGetItem":
        return [Access(operation, table, False, None) for table in params["RequestItems"]]
    if operation == "TransactWriteItems":
        actions = (next(iter(each.items())) for each in params["TransactItems"])
        return [_access(f"{name}Item", about) for name, about in actions]
    return [_access(operation, params)]


def _access(action: str, params: dict[str, Any]) -> Access:
    table = params["TableName"]
    row = params.get("Key") or params.get("Item") or {}
    leading = row.get(_partition_keys()[table], {}).get("S")
    return Access(action, table, "IndexName" in params, leading)


@cache
def _partition_keys() -> dict[str, str]:
    return {
        definition["TableName"]: next(
            each["AttributeName"] for each in definition["KeySchema"] if each["KeyType"] == "HASH"
        )
        for definition in table_definitions()
    }
