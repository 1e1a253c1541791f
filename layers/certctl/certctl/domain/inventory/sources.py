"""Who reports certificates: agents, AWS accounts, the public prober, Kubernetes clusters, uploads."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SourceKind(StrEnum):
    AGENT = "agent"
    AWS = "aws"
    PUBLIC = "public"
    KUBERNETES = "kubernetes"
    UPLOAD = "upload"


@dataclass(frozen=True)
class Source:
    """`id` begins with `src-`. Its scopes, in the order of their making, each have what one scan covers."""

    id: str
    kind: SourceKind
    name: str
    team_id: str
    created_at: datetime
    scope_ids: tuple[str, ...] = ()
