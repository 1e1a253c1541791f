"""An agent's task, as stored in its job."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from certctl.domain.policies.usages import KeyAlgorithm

if TYPE_CHECKING:
    # not at import: reads need none of them
    from certctl.domain.certificates.certificates import Certificate
    from certctl.domain.certificates.versions import Version
    from certctl.domain.policies.profiles import Profile

_DEFAULT_SIZES = {KeyAlgorithm.ECDSA: 256, KeyAlgorithm.RSA: 3072}


@dataclass(frozen=True)
class AgentTask:
    """What the agent needs, copied into the job so that polling reads jobs only; the names never change.
    `key_size` is None for an algorithm with a single size. `serial_number` and `fingerprint_sha256` identify
    the version to deploy."""

    common_name: str
    sans: tuple[str, ...]
    key_algorithm: str = KeyAlgorithm.ECDSA.value
    key_size: int | None = _DEFAULT_SIZES[KeyAlgorithm.ECDSA]
    serial_number: str | None = None
    fingerprint_sha256: str | None = None

    def to_deploy(self, version: "Version") -> "AgentTask":
        return replace(
            self, serial_number=version.serial_number, fingerprint_sha256=version.fingerprint_sha256
        )


def task_of(certificate: "Certificate", profile: "Profile | None") -> AgentTask:
    """A task with the first key that the profile allows: ECDSA P-256 if it allows any."""
    task = AgentTask(certificate.common_name, certificate.sans)
    if profile is None or not profile.keys:
        return task
    rule = profile.keys[0]
    default = _DEFAULT_SIZES.get(rule.algorithm)
    size = default if default in rule.sizes or not rule.sizes else rule.sizes[0]
    return replace(task, key_algorithm=rule.algorithm.value, key_size=size)
