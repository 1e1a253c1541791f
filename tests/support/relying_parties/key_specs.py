"""The table of docs/issuers.md: hierarchies of each key spec, and the clients that verify what they sign.
`make clients-table` prints it."""

import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from tempfile import mkdtemp
from typing import Protocol

from certctl.domain.authorities.key_specs import KeySpec
from tests.support.relying_parties.hierarchies import Hierarchy, hierarchy
from tests.support.relying_parties.ocsp_programs import Asking, GnuTlsAsks, JavaAsks, NssAsks, OpenSslAsks
from tests.support.relying_parties.programs import GOOD, SOURCES, CertTool, Go, Java, Nss, OpenSsl, Program
from tests.support.relying_parties.servers import NAME, SERVED_BY, Server, revoked_client

_P256, _P384 = KeySpec.ECC_NIST_P256, KeySpec.ECC_NIST_P384
_RSA_2048, _RSA_3072, _RSA_4096 = KeySpec.RSA_2048, KeySpec.RSA_3072, KeySpec.RSA_4096
HIERARCHIES: Sequence[tuple[KeySpec, KeySpec]] = (
    (_P384, _P256),
    (_P256, _P256),
    (_P384, _P384),
    (_RSA_3072, _RSA_2048),
    (_RSA_3072, _RSA_3072),
    (_RSA_4096, _RSA_4096),
    (_P384, _RSA_2048),
    (_RSA_4096, _P256),
)
"""Roots with their issuing CAs: each spec as both, what a stack has by default first, mixed ones last."""


class Client(Protocol):
    @property
    def title(self) -> str:
        """How the table calls it."""

    def cell(self, made: Hierarchy) -> str: ...


@dataclass(frozen=True)
class Verifier:
    """A program that verifies chains, by CRLs that it is given, and by OCSP if it can ask."""

    title: str
    program: Program
    asking: Asking | None

    def cell(self, made: Hierarchy) -> str:
        by_crl = self.program.answers(made.ca, _given(made))
        if set(by_crl[: len(made.ca.good)]) != {GOOD}:
            return "**refuses**"
        by_ocsp = self.asking.answers(made.ca, made.ocsp_url) if self.asking else []
        checks = [name for name, answers in (("CRL", by_crl), ("OCSP", by_ocsp)) if _is_right(made, answers)]
        return ", ".join(["verifies", *checks])


@dataclass(frozen=True)
class Serving:
    server: Server

    @property
    def title(self) -> str:
        return self.server.title

    def cell(self, made: Hierarchy) -> str:
        """`handshakes` if it serves a leaf, and lets in a client, but not a revoked one."""
        served, client = made.issued(NAME), made.issued("till.example.com", profile_id="client").written()
        with self.server.door(made, served, revoked_client(made)) as door:
            return "handshakes" if door.admits(client) else "**refuses**"


def clients(folder: Path) -> Sequence[Client]:
    """All of the table, in its order. What must be compiled is in the folder."""
    return (
        Verifier("OpenSSL 3.5", OpenSsl("-crl_check_all"), OpenSslAsks()),
        Verifier("GnuTLS 3.8", CertTool(), GnuTlsAsks()),
        Verifier("Java 17", Java(folder), JavaAsks(folder)),
        _java_without_ecdsa(folder),
        Verifier("Go 1.24", Go(folder), None),
        Verifier("NSS 3.110", Nss(), NssAsks()),
        *map(Serving, SERVED_BY),
    )


def _java_without_ecdsa(folder: Path) -> Verifier:
    """What devices are that know RSA only."""
    options = (f"-Djava.security.properties={SOURCES / 'without_ecdsa.properties'}",)
    return Verifier("Java 17 without ECDSA", Java(folder, options=options), JavaAsks(folder, options=options))


TITLES = tuple(each.title for each in clients(Path()))
HEADER = f"| root | issuing CA | {' | '.join(TITLES)} |"


@contextmanager
def compiled() -> Iterator[Path]:
    """A folder for what is compiled once."""
    folder = Path(mkdtemp(prefix="key-specs-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def row(root: KeySpec, issuing: KeySpec, folder: Path) -> str:
    """One line of the table."""
    within = Path(mkdtemp(dir=folder))
    with hierarchy(root, issuing, within) as made:
        cells = [each.cell(made) for each in clients(folder)]
    return f"| {' | '.join([f'`{root}`', f'`{issuing}`', *cells])} |"


def _given(made: Hierarchy) -> Path:
    path = made.folder / "crls.pem"
    path.write_text("".join(made.crls()))
    return path


def _is_right(made: Hierarchy, answers: Sequence[str]) -> bool:
    """Whether good leaves are good, and revoked ones are not."""
    expected = [True] * len(made.ca.good) + [False] * len(made.ca.revoked)
    return [answer == GOOD for answer in answers] == expected


def _main() -> None:
    write = sys.stdout.write
    write(f"{HEADER}\n|{' --- |' * (2 + len(TITLES))}\n")
    with compiled() as folder, redirect_stdout(StringIO()):  # which functions write metrics to
        for root, issuing in HIERARCHIES:
            write(f"{row(root, issuing, folder)}\n")


if __name__ == "__main__":
    _main()
