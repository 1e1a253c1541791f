"""Keys of certificates, generated and stored here with their CSRs before any request.

`certificates/<certificate>/<job>/`: key.pem, then request.csr, each complete on the disk before the next
step. So wherever a run ended, its job continues with the same key and CSR.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509

from certctl_client.agent.errors import WorkRefused
from certctl_client.agent.state import State, make_private
from certctl_client.agent.wire import KeyWish, Work
from certctl_client.enrolment.csrs import GENERAL_NAMES, csr_of
from certctl_client.enrolment.key_types import KeyType
from certctl_client.enrolment.keys import PrivateKey, load_key, new_key_pem, same_key
from certctl_client.files import keep_new, read_bounded

KEY, REQUEST = "key.pem", "request.csr"
_FILE_LIMIT = 64 * 1024
_OLD_KEYS_KEPT = 3

_TYPES: Mapping[tuple[str, int | None], KeyType] = {
    ("ECDSA", 256): KeyType.EC_P256,
    ("ECDSA", 384): KeyType.EC_P384,
    ("RSA", 2048): KeyType.RSA_2048,
    ("RSA", 3072): KeyType.RSA_3072,
    ("RSA", 4096): KeyType.RSA_4096,
    ("Ed25519", None): KeyType.ED25519,
}


@dataclass(frozen=True)
class CertificateKeys:
    state: State

    def request_for(self, work: Work) -> str:
        """The job's CSR, made once. Raises WorkRefused for an unsupported key or name."""
        directory = make_private(self.state.certificates / work.certificate_id / work.job_id)
        key = load_key(_first_kept(directory / KEY, lambda: new_key_pem(_type_of(work.key))))
        return _first_kept(directory / REQUEST, lambda: _request_pem(work, key)).decode()

    def key_pem_of(self, certificate_id: str, leaf: x509.Certificate) -> bytes:
        """The leaf's key as PKCS #8. Raises WorkRefused if it was not generated here."""
        for path in self._newest_first(certificate_id):
            pem = read_bounded(path, _FILE_LIMIT)
            if same_key(load_key(pem), leaf.public_key()):
                return pem
        raise WorkRefused("The key of this certificate is not on this host.")

    def drop(self, work: Work) -> None:
        """Deletes the key and CSR of a refused request: they will never be signed."""
        with suppress(OSError):
            shutil.rmtree(self.state.certificates / work.certificate_id / work.job_id)

    def drop_before(self, certificate_id: str, leaf: x509.Certificate) -> None:
        """Deletes keys older than the leaf's except the last few: a version may be deployed again."""
        paths = list(self._newest_first(certificate_id))
        used = [same_key(load_key(read_bounded(path, _FILE_LIMIT)), leaf.public_key()) for path in paths]
        if True not in used:
            return
        for path in paths[used.index(True) + 1 + _OLD_KEYS_KEPT :]:
            with suppress(OSError):
                shutil.rmtree(path.parent)

    def _newest_first(self, certificate_id: str) -> Sequence[Path]:
        found = (self.state.certificates / certificate_id).glob(f"*/{KEY}")
        return sorted(found, key=lambda path: path.stat().st_mtime_ns, reverse=True)


def _type_of(wish: KeyWish) -> KeyType:
    found = _TYPES.get((wish.algorithm, None if wish.algorithm == "Ed25519" else wish.size))
    if found is None:
        raise WorkRefused(f"This agent does not support keys of {wish.algorithm} {wish.size}.")
    return found


def _first_kept(path: Path, make: Callable[[], bytes]) -> bytes:
    if not path.exists():
        keep_new(path, make())
    return read_bounded(path, _FILE_LIMIT)


def _request_pem(work: Work, key: PrivateKey) -> bytes:
    """A CSR with the names of the job and no others."""
    try:
        return csr_of(key, work.common_name, [_general_name(text) for text in work.sans])
    except ValueError:
        raise WorkRefused("The job has a name that a CSR cannot have.") from None


def _general_name(text: str) -> x509.GeneralName:
    kind, _, value = text.partition(":")
    if kind not in GENERAL_NAMES:
        raise ValueError(text)
    return GENERAL_NAMES[kind](value)
