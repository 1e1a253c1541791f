"""A million revocations over 128 shards: the CRL of each, and the complete CRL beside them, which joins those
of the others with its own entries.

Run: `PYTHONPATH=layers/certctl:. nice .venv/bin/python bench/crls/bench_join.py [entries] [shards]`.
CPU time of one core, without reads from DynamoDB (`bench/bench_crl.py` has them) and S3. Last result
(2026-11-30, Python 3.13, a busy machine): the 128 CRLs 4.8 s together, 0.05 s and 0.4 MB each; the complete
one 7 s: signatures of what is joined 0.9 s, joining 1.7 s, reading back 50 MB 0.8 s, hash 1.1 s, comparison
2.4 s (2026-11-27). Peak 374 MB, of which the serials that the benchmark keeps take 90. With 100,000 entries
over 16 shards the complete one takes 0.6 s and 67 MB.
"""

import resource
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from certctl.crypto.status.crl import check_successor, inspect_crl
from certctl.crypto.status.crl_building import CrlHead, RevokedEntry, build_crl, build_signed, entry_der
from certctl.crypto.status.crl_joining import SignedEntry, joined
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
        inspect_crl(der, authority.issuing).listing.digest()
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
        own = (SignedEntry(entry.serial, entry_der(entry)) for entry in entries_of(serials[0], now))
        return build_signed(*signer, joined(crls[1:], own), head[1])

    der = timed("join and sign the complete CRL", complete)
    new = timed(f"read back {len(der) / 1e6:.1f} MB", lambda: inspect_crl(der, authority.issuing))
    timed("hash what was read back", new.listing.digest)
    old = inspect_crl(first, authority.issuing)
    timed("compare with the predecessor", lambda: check_successor(new, old, set))


if __name__ == "__main__":
    arguments = [int(text) for text in sys.argv[1:]]
    main(*(arguments + [1_000_000, 128][len(arguments) :]))
