"""Approvals: who requested a job, for what, and who has approved it."""

import hashlib
import json
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from certctl.domain.record_fields import names_for

if TYPE_CHECKING:
    from certctl.domain.access.principals import Principal
    from certctl.domain.certificates.certificates import Certificate

_DIGEST_LENGTH = 32


@dataclass(frozen=True)
class Requester:
    """The requester: the id of a key, a session or a function, the owner of the key, its makers, and the
    subject that it acts for. `answerable` as in `Principal`: whose a service account is."""

    key_id: str
    owner_id: str | None = None
    makers: tuple[str, ...] = ()
    subject_id: str | None = None
    answerable: tuple[str, ...] = ()

    @classmethod
    def of(cls, caller: "Principal") -> "Requester":
        # the id of an agent is chosen: it may be that of another subject
        subject_id = caller.subject_id if caller.agent_id is None else None
        return cls(caller.key_id, caller.owner_id, caller.makers, subject_id, caller.answerable)

    @property
    def ids(self) -> tuple[str, ...]:
        known = (self.key_id, self.owner_id, self.subject_id, *self.answerable)
        return tuple(dict.fromkeys(each for each in known if each is not None))

    @property
    def person(self) -> tuple[str, ...]:
        """All ids that it answers to: of what it makes they are the `answerable`."""
        return tuple(dict.fromkeys((*self.ids, *self.makers)))

    def stands_behind(self, other: "Requester") -> bool:
        """Whether the other is the same key or subject, one of the same owner, or one that descends from
        this one."""
        return not set(self.ids).isdisjoint(other.person)

    def is_same_person_as(self, other: "Requester") -> bool:
        """Two keys that descend from a third belong to two people."""
        return self.stands_behind(other) or other.stands_behind(self)


@dataclass(frozen=True)
class GivenApproval:
    """One of the approvals that a job needs, and whose it is, as in `Requester`. Those of earlier releases
    have no subject."""

    key_id: str
    given_at: datetime
    owner_id: str | None = None
    makers: tuple[str, ...] = ()
    subject_id: str | None = None
    answerable: tuple[str, ...] = ()

    @classmethod
    def of(cls, approver: Requester, now: datetime) -> "GivenApproval":
        return cls(given_at=now, **vars(approver))

    @property
    def approver(self) -> Requester:
        return Requester(self.key_id, self.owner_id, self.makers, self.subject_id, self.answerable)


@dataclass(frozen=True)
class ApprovalBasis:
    """What an approval is asked for, and what the approvals of a job are given for: digests of the
    certificate's fields by their names in the API, and the SHA-256 of the CSR (DER) in hex."""

    csr_sha256: str
    digests: Mapping[str, str]

    @classmethod
    def of(cls, certificate: "Certificate", csr_pem: str) -> "ApprovalBasis":
        return cls(csr_sha256(csr_pem), _digests(certificate))

    def changed(self, certificate: "Certificate", csr_pem: str | None) -> list[str]:
        """The names of what differs by now."""
        now = _digests(certificate)
        fields = [name for name in now if self.digests.get(name, _LATER.get(name)) != now[name]]
        same_csr = csr_pem is not None and csr_sha256(csr_pem) == self.csr_sha256
        return fields if same_csr else [*fields, "csr_pem"]


def csr_sha256(csr_pem: str) -> str:
    """The SHA-256 of the CSR's DER, as `openssl req -outform DER | sha256sum` shows it."""
    body = "".join(line for line in csr_pem.splitlines() if not line.startswith("-----"))
    return hashlib.sha256(b64decode(body)).hexdigest()


def _digests(certificate: "Certificate") -> dict[str, str]:
    return {name: _digest(getattr(certificate, field)) for name, field in _bound().items()}


@cache
def _bound() -> Mapping[str, str]:
    """What a user gives of a certificate, by its name in the API: the rest of a record's versions is the
    stack's doing (alerts, renewal windows, deployments), and no reason to ask again."""
    # not at import: who reads jobs needs no certificates
    from certctl.domain.certificates.certificates import Certificate

    given = names_for(Certificate, "required", "create")
    return {shown: name for shown, name in given.items() if shown != "id"}


def _digest(value: object) -> str:
    plain = dict(value) if isinstance(value, Mapping) else value
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_LENGTH]


_LATER: Mapping[str, str] = {"subject": _digest({})}
"""Digests of fields that the basis of an earlier release lacks: of what its certificates have."""
