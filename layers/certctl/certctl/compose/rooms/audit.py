"""The sealed audit trail, for its sealer and its exports."""

from functools import cached_property
from typing import TYPE_CHECKING

from certctl import config

if TYPE_CHECKING:
    from certctl.compose.rooms.base import Base
    from certctl.connectors.aws.objects import Objects
    from certctl.store.audit.ranges import AuditRanges
    from certctl.store.audit.seals import SealRows


class AuditFactories:
    def __init__(self, base: "Base") -> None:
        self._base = base

    @cached_property
    def seal_objects(self) -> "Objects":
        from certctl.connectors.aws.objects import Objects

        return Objects(self._base.client("s3"), config.audit_seals().bucket)

    @cached_property
    def seal_rows(self) -> "SealRows":
        from certctl.store.audit.seals import SealRows

        return SealRows(self._base.database)

    @cached_property
    def ranges(self) -> "AuditRanges":
        from certctl.store.audit.ranges import AuditRanges

        return AuditRanges(self._base.database)
