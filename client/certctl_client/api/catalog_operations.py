"""Operations of the catalog: the same five for each kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from certctl_client.api import operations
from certctl_client.api.operation import Operation

_PATHS = (
    *("issuers", "targets", "owners", "teams", "profiles", "policies", "renewal-policies"),
    *("identity-providers", "access-rules", "trust-rules", "service-accounts", "users", "agents"),
)


@dataclass(frozen=True)
class CatalogOperations:
    """The operations of one kind. `create` may return more than the record."""

    list: Operation[Any]
    get: Operation[Any]
    create: Operation[Any]
    edit: Operation[Any]
    delete: Operation[None]

    @property
    def record(self) -> type[Any]:
        response: type[Any] = self.get.response
        return response

    @property
    def body(self) -> type[Any]:
        """The body that POST and PUT share."""
        return self.create.body or dict


def _operations(path: str) -> CatalogOperations:
    one = _singular(path)
    create, delete = ("register", "retire") if path == "agents" else ("create", "delete")
    return CatalogOperations(
        list=_operation(f"list_{path.replace('-', '_')}"),
        get=_operation(f"get_{one}"),
        create=_operation(f"{create}_{one}"),
        edit=_operation(f"edit_{one}"),
        delete=_operation(f"{delete}_{one}"),
    )


def _operation(name: str) -> Operation[Any]:
    operation: Operation[Any] = getattr(operations, name.upper())
    return operation


def _singular(path: str) -> str:
    """`renewal-policies` -> `renewal_policy`."""
    words = path.replace("-", "_")
    return f"{words.removesuffix('ies')}y" if words.endswith("ies") else words.removesuffix("s")


OPERATIONS: Mapping[str, CatalogOperations] = {path: _operations(path) for path in _PATHS}
