"""Programs and libraries that nobody here wrote, and what they say of the certificates of a CA.

Each `answers` returns one answer for each leaf, `good` or the reason for its refusal, by the CRLs of one PEM
file, or by the CRLs that the certificates name if there is no file. It raises UnreadError if the program does
not take the file.
"""

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Protocol

from tests.support.openssl import run_openssl
from tests.support.relying_parties.published import PublishedCa
from tests.support.status.relying import ran, require, require_library

SOURCES = Path(__file__).parent
GOOD = "good"
_UNREAD = "unread: "
_SECONDS = 100


class UnreadError(Exception):
    """A program refuses to read a CRL; the message has its words."""


class Program(Protocol):
    @property
    def title(self) -> str:
        """How the table calls it."""

    @property
    def fetches(self) -> bool:
        """Whether it can look up CRLs by itself."""

    def answers(self, ca: PublishedCa, crls: Path | None) -> list[str]: ...


@dataclass(frozen=True)
class OpenSsl:
    """`openssl verify`, with `-crl_check` for the leaf, or with `-crl_check_all` for each CA too."""

    option: str
    fetches: bool = True

    @property
    def title(self) -> str:
        return f"OpenSSL 3.5, `verify {self.option}`"

    def answers(self, ca: PublishedCa, crls: Path | None) -> list[str]:
        """The root names no CRL, so that its own is given in any case."""
        given = ("-CRLfile", crls) if crls else ("-crl_download", "-CRLfile", ca.root_crl)
        options = (self.option, *given, "-CAfile", ca.root, "-untrusted", ca.issuing)
        return [self._answer(*options, leaf) for leaf in ca.leaves]

    def _answer(self, *arguments: object) -> str:
        done = run_openssl("verify", *arguments)
        return done.stderr.decode() if done.returncode else GOOD


@dataclass(frozen=True)
class CertTool:
    """GnuTLS. Its exit code is about the chain; it prints "The certificate is trusted" also about the CA of a
    revoked certificate."""

    title: str = "GnuTLS 3.8, `certtool --verify --load-crl`"
    fetches: bool = False

    def answers(self, ca: PublishedCa, crls: Path | None) -> list[str]:
        require("certtool")
        trust = ("certtool", "--verify", "--load-ca-certificate", ca.root, "--load-crl", crls)
        return [self._answer(*trust, chain=leaf.read_bytes() + ca.issuing.read_bytes()) for leaf in ca.leaves]

    def _answer(self, *command: object, chain: bytes) -> str:
        done = ran(*command, stdin=chain)
        return done.stdout.decode() if done.returncode else GOOD


@dataclass(frozen=True)
class Nss:
    """`vfychain`: by CRLs in its database as CERT_VerifyCertificate reads them, or by fetched ones as
    CERT_PKIXVerifyCert does, which fails without one."""

    title: str = "NSS 3.110, `crlutil -I` and `vfychain`"
    fetches: bool = True

    def answers(self, ca: PublishedCa, crls: Path | None) -> list[str]:
        require("vfychain")
        database = Path(mkdtemp(dir=ca.root.parent))
        self._run("certutil", "-N", "--empty-password", database=database)
        for path, trust in ((ca.root, "CT,C,C"), (ca.issuing, ",,")):
            self._run("certutil", "-A", "-a", "-n", path.stem, "-t", trust, "-i", path, database=database)
        if crls is None:
            fetching = ("-pp", "-g", "leaf", "-m", "crl", "-s", "failIfNoInfo")
            return [self._answer(leaf, *fetching, database=database) for leaf in ca.leaves]
        self._import(crls, database)
        return [self._answer(leaf, database=database) for leaf in ca.leaves]

    def _import(self, crls: Path, database: Path) -> None:
        """One by one, as DER."""
        for number, pem in enumerate(_blocks(crls)):
            der = database / f"{number}.crl"
            der.write_bytes(run_openssl("crl", "-outform", "DER", stdin=pem, check=True).stdout)
            done = self._run("crlutil", "-I", "-i", der, database=database)
            if done.returncode:
                raise UnreadError(done.stderr.decode())

    def _answer(self, leaf: Path, *options: str, database: Path) -> str:
        done = self._run("vfychain", *options, "-u", "1", "-a", leaf, database=database)
        return done.stderr.decode() if done.returncode else GOOD

    def _run(self, *command: object, database: Path) -> subprocess.CompletedProcess[bytes]:
        return ran(command[0], "-d", f"sql:{database}", *command[1:])


@dataclass(frozen=True)
class CLibrary:
    """A library by a small program in C, which is compiled once in `folder`."""

    title: str
    name: str
    header: str
    libraries: str
    folder: Path
    fetches: bool = False

    def answers(self, ca: PublishedCa, crls: Path | None) -> list[str]:
        require_library(self.header)
        program = self.folder / self.name
        if not program.exists():
            _require_success("gcc", "-O1", "-o", program, SOURCES / f"{self.name}.c", *self.libraries.split())
        return _read_answers(program, ca, crls)


@dataclass(frozen=True)
class Java:
    """The PKIX validator with `setRevocationEnabled(true)`; compiled once in `folder`."""

    folder: Path
    title: str = "Java 17, PKIX"
    fetches: bool = True
    options: tuple[str, ...] = ()

    def answers(self, ca: PublishedCa, crls: Path | None) -> list[str]:
        require("javac")
        if not (self.folder / "CrlCheck.class").exists():
            _require_success("javac", "-d", self.folder, SOURCES / "CrlCheck.java")
        options = ("-XX:TieredStopAtLevel=1", *self.options, "-cp", self.folder, "CrlCheck")
        return _read_answers("java", ca, crls, *options)


@dataclass(frozen=True)
class Go:
    """crypto/x509 and a look-up of the serial number; compiled once in `folder`."""

    folder: Path
    title: str = "Go 1.24, `x509.RevocationList`"
    fetches: bool = False

    def answers(self, ca: PublishedCa, crls: Path | None) -> list[str]:
        require("go")
        program = self.folder / "crl_check"
        if not program.exists():
            _require_success(
                "go", "build", "-o", program, SOURCES / "crl_check.go", environment=self._environment
            )
        return _read_answers(program, ca, crls)

    @property
    def _environment(self) -> dict[str, str]:
        """Nothing is fetched: there is no module, and the toolchain is the one that is installed."""
        return {"GO111MODULE": "off", "GOTOOLCHAIN": "local", "CGO_ENABLED": "0"}


def programs(folder: Path) -> Sequence[Program]:
    """All of the table, in its order. What must be compiled is in the folder."""
    return (
        OpenSsl("-crl_check"),
        OpenSsl("-crl_check_all"),
        CertTool(),
        Nss(),
        CLibrary("Mbed TLS 3.6", "mbedtls_check", "mbedtls/x509_crt.h", "-lmbedx509 -lmbedcrypto", folder),
        CLibrary("wolfSSL 5.7", "wolfssl_check", "wolfssl/ssl.h", "-lwolfssl", folder),
        Java(folder),
        Go(folder),
    )


def _read_answers(program: object, ca: PublishedCa, crls: Path | None, *options: object) -> list[str]:
    done = _require_success(program, *options, ca.root, ca.issuing, crls or "-", *ca.leaves)
    lines = done.stdout.decode().splitlines()
    if lines[0].startswith(_UNREAD):
        raise UnreadError(lines[0].removeprefix(_UNREAD))
    return lines


def _require_success(
    *command: object, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    done = ran(*command, seconds=_SECONDS, environment=environment)
    assert done.returncode == 0, done.stderr.decode()
    return done


def _blocks(pem: Path) -> list[bytes]:
    end = b"-----END X509 CRL-----\n"
    return [part + end for part in pem.read_bytes().split(end)[:-1]]
