"""The directory of one certificate: the options, the key, the CSR, and the issued certificate.

Each file is complete and synced before the next step: request.json, key.pem, request.csr, and only then the
request to the server. So wherever a run ends, the key of a request is stored, and the same command continues.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from certctl_client.enrolment.key_types import KeyType
from certctl_client.errors import CommandError, ConfigurationError
from certctl_client.files import keep_new, read_bounded, replace_file

if TYPE_CHECKING:
    from certctl_client.enrolment.keys import PrivateKey

REQUEST, KEY, CSR = "request.json", "key.pem", "request.csr"
CERTIFICATE, CHAIN, FULL_CHAIN = "certificate.pem", "chain.pem", "fullchain.pem"
_OURS = (REQUEST, KEY, CSR, CERTIFICATE, CHAIN, FULL_CHAIN)
_FILE_LIMIT = 1024 * 1024
_ADVICE = "Choose another directory, or start over with --force."


@dataclass(frozen=True)
class Request:
    """The options of a request. `act`: create or renew. `body` is sent to the server, with an id and the
    CSR."""

    act: str
    url: str
    key_type: str
    body: Mapping[str, Any]


@dataclass(frozen=True)
class Names:
    """The names of the certificate, which its CSR has."""

    common_name: str
    sans: Sequence[str]

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "Names":
        return cls(record["common_name"], record.get("sans") or ())


@dataclass(frozen=True)
class StoredRequest:
    """A stored request. `was_begun`: an earlier run may have sent it to the server already."""

    directory: Path
    request: Request
    certificate_id: str
    idempotency_key: str
    key: "PrivateKey"
    csr_pem: str
    was_begun: bool


def store(directory: Path, request: Request, names: Names, new_id: Callable[[], str]) -> StoredRequest:
    """Stores a request, or loads that of an earlier run. Raises ConfigurationError if it is another one."""
    from certctl_client.enrolment.csrs import csr_pem  # loads cryptography
    from certctl_client.enrolment.keys import load_key, new_key_pem

    directory = _made(directory)
    stored = _stored(directory) or _begun(directory, request, new_id())
    if stored["asked"] != _plain(request):
        raise ConfigurationError(f"{directory} holds another request.", _ADVICE)
    was_begun = (directory / CSR).exists()
    pem = _first_kept(directory / KEY, lambda: new_key_pem(KeyType(request.key_type)))
    key = load_key(pem)
    csr = _first_kept(directory / CSR, lambda: csr_pem(key, names.common_name, names.sans))
    return StoredRequest(
        directory, request, stored["certificate_id"], stored["idempotency_key"], key, csr.decode(), was_begun
    )


def set_aside(directory: Path) -> None:
    """Moves the contents into a directory of their own (--force): the key may be in use."""
    found = [directory / name for name in _OURS if (directory / name).exists()]
    if not found:
        return
    aside = directory / f"previous-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"
    try:
        aside.mkdir(mode=0o700)
        for path in found:
            path.rename(aside / path.name)
    except OSError as error:
        raise CommandError(f"{directory} cannot be changed: {error.strerror}.") from None


def discard(request: StoredRequest) -> None:
    """Removes the files after a final refusal: no certificate was ever requested for this key."""
    for name in (CSR, KEY, REQUEST):
        with suppress(OSError):
            (request.directory / name).unlink()


def write_issued(directory: Path, leaf: str, chain: str) -> None:
    for name, content in ((CERTIFICATE, leaf), (CHAIN, chain), (FULL_CHAIN, leaf + chain)):
        replace_file(directory / name, content.encode())


def _made(directory: Path) -> Path:
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"{directory} cannot be made: {error.strerror}.") from None
    return directory


def _stored(directory: Path) -> Any:
    """The stored request, or None if there is none."""
    if not (directory / REQUEST).exists():
        return None
    try:
        stored = json.loads(read_bounded(directory / REQUEST, _FILE_LIMIT))
        texts = (stored["certificate_id"], stored["idempotency_key"])
        has_form = isinstance(stored["asked"], dict) and all(isinstance(text, str) for text in texts)
    except (ValueError, TypeError, KeyError, RecursionError):
        has_form = False
    if not has_form:
        raise ConfigurationError(f"{directory / REQUEST} is not what this command writes.", _ADVICE)
    return stored


def _begun(directory: Path, request: Request, certificate_id: str) -> Any:
    found = [name for name in _OURS if (directory / name).exists()]
    if REQUEST in found:  # a concurrent run has just started
        return _stored(directory)
    if found:
        raise ConfigurationError(f"{directory} has unrelated files: {', '.join(found)}.", _ADVICE)
    record = {
        "asked": _plain(request),
        "certificate_id": certificate_id,
        "idempotency_key": str(uuid4()),
    }
    keep_new(directory / REQUEST, json.dumps(record, indent=2).encode() + b"\n")
    return _stored(directory)


def _first_kept(path: Path, make: Callable[[], bytes]) -> bytes:
    """Stores a file. Of two concurrent runs the later one uses the file of the earlier one."""
    if not path.exists():
        keep_new(path, make())
    return read_bounded(path, _FILE_LIMIT)


def _plain(request: Request) -> Any:
    return json.loads(json.dumps(asdict(request)))
