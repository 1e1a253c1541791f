"""The kinds of issuers and targets that a stack knows. A composition may add its own."""

from dataclasses import dataclass

from certctl.domain.agents.kinds.registry import TARGET_KINDS, TargetKinds
from certctl.domain.catalog.record_kinds import Kind
from certctl.domain.issuing.kinds.registry import ISSUER_KINDS, IssuerKinds


@dataclass(frozen=True)
class CatalogKinds:
    issuers: IssuerKinds = ISSUER_KINDS
    targets: TargetKinds = TARGET_KINDS

    def of(self, kind: Kind) -> IssuerKinds | TargetKinds | None:
        """The kinds of a record's kind; None if it has no such kinds."""
        if kind is Kind.ISSUER:
            return self.issuers
        return self.targets if kind is Kind.TARGET else None


BUILT_IN_KINDS = CatalogKinds()
