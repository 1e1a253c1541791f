"""What other programs make a CRL from, in one directory: a CA on P-256, and the revoked certificates as each
keeps them, with random serials."""

import random
import secrets
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

REASONS = ("", ",keyCompromise", ",superseded", ",cessationOfOperation", ",certificateHold")
_CONFIGURATION = """
[ca]
default_ca = bench
[bench]
database = {order}.txt
certificate = ca.pem
private_key = ca.key
crlnumber = crlnumber
default_md = sha256
default_crl_hours = 72
crl_extensions = extensions
[extensions]
authorityKeyIdentifier = keyid
"""


def make_ca(folder: Path) -> None:
    """`ca.pem` and `ca.key`."""
    new = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    files = ["-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/CN=Bench"]
    subprocess.run([*new, *files], cwd=folder, check=True, capture_output=True)


def new_serials(count: int) -> list[int]:
    return [secrets.randbits(158) | 1 << 158 for _ in range(count)]


def write_openssl_index(folder: Path, serials: list[int]) -> None:
    """Writes for `openssl ca`: `issued.cnf` with an index in the order of issuance, `sorted.cnf` in that of
    the serials, which is the first one's if serials are counted up."""
    now, lines = datetime.now(UTC), []
    for number, serial in enumerate(serials):
        revoked = now - timedelta(seconds=random.randrange(3_000_000))  # noqa: S311
        fields = ("R", f"{now + timedelta(days=47):%y%m%d%H%M%SZ}", f"{revoked:%y%m%d%H%M%SZ}")
        reason = REASONS[number % len(REASONS)]
        lines.append(f"{'\t'.join(fields)}{reason}\t{serial:040X}\tunknown\t/CN=host-{number}.example.com\n")
    by_serial = sorted(lines, key=lambda line: line.split("\t")[3])
    for order, content in (("issued", lines), ("sorted", by_serial)):
        (folder / f"{order}.txt").write_text("".join(content))
        (folder / f"{order}.cnf").write_text(_CONFIGURATION.format(order=order))
    (folder / "crlnumber").write_text("1000\n")


def write_serial_list(folder: Path, serials: list[int]) -> None:
    """Writes `serials.txt`, for `cfssl gencrl`."""
    (folder / "serials.txt").write_text("".join(f"{serial}\n" for serial in serials))
