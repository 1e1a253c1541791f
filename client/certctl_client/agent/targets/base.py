"""What every kind of target can do, and what it is given. `deploying` keeps the order: snapshot, install,
verify, and on failure restore."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from certctl_client.agent.bundles import Bundle
from certctl_client.agent.consent import Consent


@dataclass(frozen=True)
class Snapshot:
    """What is needed to go back. `values` are JSON; `blobs` may be secret, are kept with mode 0600 and
    dropped when the deployment has ended."""

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
        """Before anything is changed."""

    def install(self, bundle: Bundle) -> None:
        """Puts the bundle in place and has it taken up."""

    def verify(self, bundle: Bundle) -> str | None:
        """The SHA-256 fingerprint of what is served or held there now, when it is the bundle's leaf."""

    def restore(self, snapshot: Snapshot) -> None:
        """Returns once what was there before is there again, and is served if it was."""


@dataclass(frozen=True)
class Assignment:
    """`common_name` of the certificate, for the name that a TLS client asks for."""

    target_id: str
    certificate_id: str
    common_name: str
    config: Mapping[str, Any]
    consent: Consent
