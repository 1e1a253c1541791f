"""The parts of a deployed stack that a backup covers."""

from collections.abc import Sequence

from deploy import stack as stacks
from deploy.backups.tables.tables import ORDER, logical_id
from deploy.errors import DeployError
from deploy.stack import Resource
from deploy.target import Target

_FUNCTION = "StackAdminFunction"
_BUCKET = "PkiBucket"
_KEYS = ("RootKey", "IssuingKey")


class Parts:
    """The stack's parts by logical id. Raises DeployError for parts that the stack lacks."""

    def __init__(self, target: Target) -> None:
        stacks.require(target)
        self.resources: Sequence[Resource] = stacks.resources(target, target.stack)
        self._ids = {each.logical_id: each.physical_id for each in self.resources}

    @property
    def tables(self) -> dict[str, str]:
        return {table: self._id(logical_id(table)) for table in ORDER}

    @property
    def pki_bucket(self) -> str:
        return self._id(_BUCKET)

    @property
    def stack_admin(self) -> str:
        return self._id(_FUNCTION)

    @property
    def key_ids(self) -> set[str]:
        return {self._id(key) for key in _KEYS}

    def _id(self, logical: str) -> str:
        found = self._ids.get(logical)
        if not found:
            raise DeployError(f"the stack has no {logical}: is it a completely deployed certctl stack?")
        return found
