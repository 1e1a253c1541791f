"""A million revocations over 128 shards: the CRL of each, and the complete CRL beside them, which joins those
of the others with its own entries.

Run: `PYTHONPATH=layers/certctl:. nice .venv/bin/python bench/crls/bench_join.py [entries] [shards]`.
CPU time of one core, without reads from DynamoDB (`bench/crls/publishing.py` has them) and S3; its peak
includes the serials that the benchmark keeps. docs/revocation.md has a result.
"""

import resource
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from certctl.crypto.status.crl import check_successor, inspect_crl
from certctl.crypto.status.crl_building import CrlHead, RevokedEntry, build_crl, build_signed, entry_der
from certctl.crypto.status.crl_entries import Entries
from certctl.crypto.status.crl_joining import joined
from tests.support.authorities.authority import CRL_URL, new_authority

_REASONS = ("unspecified", "keyCompromise", "superseded", "cessationOfOperation", "certificateHold")


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed[R](what: str, act: Callable[[], R]) -> R:
    started = time.process_time()
    result = act()
    print(f"{what:<48} {time.process_time() - started:6.2f} s   peak {peak_mb():6.0f} MB", flush=True)
    return result


def entries_of(serials: list[str], now: datetime) -> Iterator[RevokedEntry]:
    for number, serial in enumerate(serials):
        revoked_at = now - timedelta(seconds=number)
        yield RevokedEntry(serial, revoked_at, _REASONS[number % len(_REASONS)], None)


def new_serials(count: int) -> list[str]:
    return sorted(f"{secrets.randbits(158) | 1 << 158:040x}" for _ in range(count))


def main(count: int, shards: int) -> None:
    authority, now = new_authority(), datetime.now(UTC).replace(microsecond=0)
    signer = (authority.issuing, authority.issuing_key)
    window = (now, now + timedelta(hours=72))
    serials = [new_serials(count // shards) for _ in range(shards)]

    def one(number: int) -> bytes:
        der = build_crl(*signer, entries_of(serials[number], now), 2, *window, CRL_URL)
        _ = inspect_crl(der, authority.issuing).listing.digest
        return der

    crls = timed(
        f"{shards} CRLs of {count // shards:,} entries, read back", lambda: list(map(one, range(shards)))
    )
    print(f"  {sum(map(len, crls)) / 1e6:.1f} MB together")
    timed(
        "check the signatures of what is joined",
        lambda: [inspect_crl(crl, authority.issuing) for crl in crls],
    )
    head = [CrlHead(number, *window, None) for number in (1, 2)]
    first = build_signed(*signer, joined(crls), head[0])

    def complete() -> bytes:
        ders = [entry_der(entry) for entry in entries_of(serials[0], now)]
        own = Entries([bytes.fromhex(serial) for serial in serials[0]], ders)
        return build_signed(*signer, joined(crls[1:], [own]), head[1])

    der = timed("join and sign the complete CRL", complete)
    new = timed(f"read back {len(der) / 1e6:.1f} MB", lambda: inspect_crl(der, authority.issuing))
    timed("hash what was read back", lambda: new.listing.digest)
    old = inspect_crl(first, authority.issuing)
    timed("compare with the predecessor", lambda: check_successor(new, old, set))


if __name__ == "__main__":
    arguments = [int(text) for text in sys.argv[1:]]
    main(*(arguments + [1_000_000, 128][len(arguments) :]))
