"""Runs the verifier on bundles in memory. The result for a seal's or a line's bytes is computed once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import rfc8785

from certctl_client.trail.event_lines import leaf_of
from certctl_client.trail.faults import Fault
from certctl_client.trail.full import FullCheck
from certctl_client.trail.keys import SealKey, seal_key
from certctl_client.trail.report import Report
from certctl_client.trail.seals import Seal, check_seal
from certctl_client.trail.trust import Trust, TrustedHead, anchors, trusted_head
from certctl_client.trail.verify import run
from tests.support.client.trails import Files, SealedEvents, Sealer


@dataclass(frozen=True)
class Auditor:
    """Verifies bundles of one trail, with the key pinned; its functions remember by content."""

    key: SealKey
    check: Callable[[bytes, int, SealKey], Seal] = field(default_factory=lambda: cache(check_seal))
    digest: Callable[[bytes], bytes] = field(default_factory=lambda: cache(leaf_of))

    def report(self, bundle: Files, head: TrustedHead | None = None) -> Report:
        anchored = anchors(bundle, Trust(key=self.key, head=head))
        return run(FullCheck(bundle, anchored, self.check, self.digest), anchored)

    def fault(self, bundle: Files, head: TrustedHead | None = None) -> Fault:
        found = self.report(bundle, head).first_fault
        assert found is not None, "the tampering was not found"
        return found


def auditor_of(sealer: Sealer) -> Auditor:
    return Auditor(seal_key(sealer.pem))


def head_of(sealed: SealedEvents) -> TrustedHead:
    return trusted_head(rfc8785.dumps(sealed.signed_head()))
