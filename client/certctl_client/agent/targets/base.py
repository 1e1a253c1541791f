"""The protocol of targets, and their input. `deploying` keeps the order: snapshot, install, verify, and on
failure restore."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from certctl_client.agent.bundles import Bundle
from certctl_client.agent.consent.consent import Consent


@dataclass(frozen=True)
class Snapshot:
    """All that a rollback needs. `values` are JSON; `blobs` may be secret, are stored with mode 0600 and
    deleted when the deployment has ended."""

    values: Mapping[str, Any]
    blobs: Mapping[str, bytes] = field(default_factory=dict, repr=False)


class Target(Protocol):
    """One place of one certificate. Every method may be called again after a crash in the middle of it, and
    may raise DeploymentFailed or WorkRefused.

    Files with a reload are `served_files`. F5 BIG-IP (upload, then one iControl transaction), IIS (import,
    then the binding) and Kubernetes secrets (one patch with a resourceVersion) fit as well: `snapshot` keeps
    the name of the old object, `install` is the switch, `restore` switches back.
    """

    def snapshot(self) -> Snapshot:
        """Takes a snapshot before anything is changed."""

    def install(self, bundle: Bundle) -> None:
        """Installs the bundle and has the server load it."""

    def verify(self, bundle: Bundle) -> str | None:
        """The SHA-256 fingerprint of the certificate served or stored there now, if it is the bundle's
        leaf."""

    def restore(self, snapshot: Snapshot) -> None:
        """Restores the former files, and returns once they are served if they were before."""


@dataclass(frozen=True)
class Assignment:
    """`common_name` is the certificate's, which a TLS client requests by SNI."""

    target_id: str
    certificate_id: str
    common_name: str
    config: Mapping[str, Any]
    consent: Consent
