"""Files of a certificate that a server loads: replaced, reloaded, and seen to be served."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from cryptography import x509

from certctl_client.agent.bundles import Bundle, fingerprint_of
from certctl_client.agent.errors import DeploymentFailed, WorkRefused
from certctl_client.agent.targets.base import Assignment, Snapshot
from certctl_client.agent.targets.configuration import (
    command_in,
    endpoint_in,
    group_in,
    optional_path_in,
    owner_in,
    path_in,
    seconds_to_verify_in,
)
from certctl_client.agent.targets.handshake import Endpoint
from certctl_client.agent.targets.host_files import HostFile, HostFiles
from certctl_client.agent.targets.safe_files import found_at


@dataclass(frozen=True)
class Part:
    """One file, and the part of the bundle that it holds."""

    path: PurePosixPath
    content: Callable[[Bundle], bytes]
    is_secret: bool = False

    @property
    def file(self) -> HostFile:
        return HostFile(self.path, self.is_secret)


@dataclass(frozen=True)
class ServedFiles:
    """`parts` begin with the one that holds the leaf, and are those of `files`. Without an `endpoint` nothing
    serves the files, or it is not to be checked."""

    parts: Sequence[Part]
    files: HostFiles
    endpoint: Endpoint | None
    seconds_to_verify: float

    def snapshot(self) -> Snapshot:
        """Raises WorkRefused if a file would keep an owner that the host does not allow."""
        taken = self.files.snapshot()
        served = self.endpoint.served() if self.endpoint else None
        return Snapshot({**taken.values, "served": served}, taken.blobs)

    def install(self, bundle: Bundle) -> None:
        self.files.replace([part.content(bundle) for part in self.parts])

    def verify(self, bundle: Bundle) -> str | None:
        if self.endpoint is None:
            return self._held(bundle)
        if not self.endpoint.serves(bundle.fingerprint, self.seconds_to_verify):
            raise DeploymentFailed(_unverified(self.endpoint, bundle.fingerprint, self.seconds_to_verify))
        return bundle.fingerprint

    def restore(self, snapshot: Snapshot) -> None:
        failed = self.files.restore(snapshot)
        served = snapshot.values["served"]
        if self.endpoint and served:
            if not self.endpoint.serves(served, self.seconds_to_verify):
                raise DeploymentFailed(_unverified(self.endpoint, served, self.seconds_to_verify))
        elif failed and snapshot.blobs:
            raise failed

    def _held(self, bundle: Bundle) -> str:
        found = found_at(self.parts[0].path)
        held = x509.load_pem_x509_certificate(found.content) if found else None
        if held is None or fingerprint_of(held) != bundle.fingerprint:
            raise DeploymentFailed(f"{self.parts[0].path} does not hold the new certificate.")
        return bundle.fingerprint


def leaf_and_chain(bundle: Bundle) -> bytes:
    return bundle.leaf + bundle.chain


def chain_only(bundle: Bundle) -> bytes:
    return bundle.chain


def key_only(bundle: Bundle) -> bytes:
    return bundle.key


def everything(bundle: Bundle) -> bytes:
    return bundle.leaf + bundle.chain + bundle.key


def certificate_and_key(assignment: Assignment) -> list[Part]:
    """`certificate_path` with leaf and chain, `key_path`, and `chain_path` if it is configured."""
    parts = [
        Part(path_in(assignment, "certificate_path"), leaf_and_chain),
        Part(path_in(assignment, "key_path"), key_only, is_secret=True),
    ]
    chain = optional_path_in(assignment, "chain_path")
    parts += [Part(chain, chain_only)] if chain else []
    if len({part.path for part in parts}) < len(parts):
        raise WorkRefused("certificate_path, key_path and chain_path must be different files.")
    return parts


def served(
    assignment: Assignment, parts: Sequence[Part], test: Sequence[str], reload: Sequence[str]
) -> ServedFiles:
    """`test` and `reload` are the kind's own commands, which the configuration may replace."""
    files = HostFiles(
        [part.file for part in parts],
        owner_in(assignment),
        group_in(assignment),
        command_in(assignment, "test_command", test),
        command_in(assignment, "reload_command", reload),
        assignment.consent,
    )
    return ServedFiles(parts, files, endpoint_in(assignment), seconds_to_verify_in(assignment))


def unserved(assignment: Assignment, parts: Sequence[Part]) -> ServedFiles:
    """Files of a program that serves no TLS: the configured command runs afterwards, nothing is checked."""
    files = HostFiles(
        [part.file for part in parts],
        owner_in(assignment),
        group_in(assignment),
        test=(),
        reload=command_in(assignment, "reload_command"),
        consent=assignment.consent,
    )
    return ServedFiles(parts, files, endpoint=None, seconds_to_verify=0.0)


def _unverified(endpoint: Endpoint, expected: str, seconds: float) -> str:
    served = endpoint.served()
    what = f"serves {served[:16]}... instead of" if served else "answers no TLS handshake; it should serve"
    return f"{endpoint.host}:{endpoint.port} {what} {expected[:16]}... after {seconds:g} s."
