"""What one key is used for: the certificates that a compromise of it would touch."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from certctl.domain.certificates.statuses import VersionState
from certctl.domain.errors import InvalidInput
from certctl.domain.revocation.states import KeyRefusal

if TYPE_CHECKING:
    # not at import: reads need none of them
    from certctl.domain.catalog.entries import Entry
    from certctl.domain.catalog.records import Agent, Target
    from certctl.domain.certificates.certificates import Certificate
    from certctl.domain.jobs.jobs import Job
    from certctl.domain.revocation.revocations import Revocation


@dataclass(frozen=True)
class KeyStanding:
    """`refusal` is None if certificates are issued for the key. `campaign_id`: the latest campaign that
    replaces the key, if there is one."""

    refusal: KeyRefusal | None
    campaign_id: str | None


@dataclass(frozen=True)
class KeyedSerial:
    """A serial that was reserved for a certificate with the key."""

    ca_id: str
    serial_number: str
    certificate_id: str
    job_id: str
    crl_shard: int
    not_after: datetime
    state: VersionState


@dataclass(frozen=True)
class KeyUse:
    """One record and the serials of its versions with the key. `revocations` are theirs. `targets` and
    `agents` are None if the caller may not read the catalog. `jobs` issued the versions, or are open for the
    record."""

    certificate: "Certificate"
    serials: Sequence[KeyedSerial]
    revocations: "Sequence[Revocation]"
    targets: "Sequence[Entry[Target]] | None"
    agents: "Sequence[Entry[Agent]] | None"
    jobs: "Sequence[Job]"


def require_spki(text: str) -> str:
    """The digest in lower case, as it is stored. Raises InvalidInput unless it is a SHA-256 in hex."""
    if re.fullmatch(r"[0-9a-fA-F]{64}", text) is None:
        raise InvalidInput.of("path.spki_sha256", "the SHA-256 of a SubjectPublicKeyInfo: 64 hex digits")
    return text.lower()
