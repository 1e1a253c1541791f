"""Records of the agent's API, checked as far as the agent relies on them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from certctl_client.agent.errors import WorkRefused

# Ids become file names here.
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,79}", re.ASCII)
_HEX = re.compile(r"[0-9a-f]{1,64}", re.ASCII)


@dataclass(frozen=True)
class TargetOfWork:
    """`type` is a name of `targets.registry.KINDS`."""

    id: str
    type: str
    config: Mapping[str, Any]


@dataclass(frozen=True)
class KeyWish:
    """The requested key: `ECDSA` of 256 or 384, `RSA` of 2048, 3072 or 4096, `Ed25519`."""

    algorithm: str = "ECDSA"
    size: int | None = 256


@dataclass(frozen=True)
class Work:
    """One open job. `sans` are typed, like `DNS:www.example.com`. Only Deployment jobs have `target`, and
    serial and fingerprint, in lower-case hex."""

    job_id: str
    type: str
    status: str
    certificate_id: str
    common_name: str
    sans: Sequence[str]
    key: KeyWish
    target: TargetOfWork | None = None
    serial_number: str = ""
    fingerprint_sha256: str = ""

    @property
    def wants_request(self) -> bool:
        return self.status == "AwaitingCSR"


@dataclass(frozen=True)
class Version:
    """An issued version. `chain_pem` begins with the leaf's issuer."""

    serial_number: str
    certificate_pem: str
    chain_pem: str
    fingerprint_sha256: str


def work_of(record: Mapping[str, Any]) -> Work:
    """Raises WorkRefused."""
    try:
        return _work_of(record)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise WorkRefused("The job does not have a form that this version of the agent knows.") from None


def version_of(record: Mapping[str, Any]) -> Version:
    """Raises WorkRefused."""
    try:
        return Version(
            _hex(record["serial_number"]),
            _text(record["certificate_pem"]),
            _text(record["chain_pem"]),
            _hex(record["fingerprint_sha256"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise WorkRefused("The version does not have a form that this version of the agent knows.") from None


def checked_id(value: Any) -> str:
    """Raises ValueError for an id that is not a safe file name."""
    if not _ID.fullmatch(value):
        raise ValueError(value)
    return str(value)


def _work_of(record: Mapping[str, Any]) -> Work:
    return Work(
        checked_id(record["job_id"]),
        _text(record["type"]),
        _text(record["status"]),
        checked_id(record["certificate_id"]),
        _text(record["common_name"]),
        [_text(name) for name in record["sans"]],
        _key_of(record.get("key")),
        _target_of(record.get("target")),
        _hex(record["serial_number"]) if record.get("serial_number") else "",
        _hex(record["fingerprint_sha256"]) if record.get("fingerprint_sha256") else "",
    )


def _key_of(record: Mapping[str, Any] | None) -> KeyWish:
    return KeyWish(_text(record["algorithm"]), record.get("size")) if record else KeyWish()


def _target_of(record: Mapping[str, Any] | None) -> TargetOfWork | None:
    if record is None:
        return None
    return TargetOfWork(checked_id(record["id"]), _text(record["type"]), dict(record["config"]))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _hex(value: Any) -> str:
    if not _HEX.fullmatch(value):
        raise ValueError(value)
    return str(value)
