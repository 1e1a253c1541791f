"""What programs accept a leaf for: a usage by name or OID, and a certificate policy if one is demanded."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import Protocol

from certctl.domain.policies.usages import ExtendedKeyUsage, usage_oid
from tests.support.openssl import run_openssl
from tests.support.relying_parties.published import PublishedCa
from tests.support.status.relying import ran, require
from tests.support.verifiers import LineProcess, line_process

SOURCES = Path(__file__).parent
_ANY, _ACCEPTED = "any", "OK"
_OPENSSL: Mapping[str, str] = {
    ExtendedKeyUsage.SERVER_AUTH: "sslserver",
    ExtendedKeyUsage.CLIENT_AUTH: "sslclient",
    ExtendedKeyUsage.CODE_SIGNING: "codesign",
    ExtendedKeyUsage.EMAIL_PROTECTION: "smimesign",
    ExtendedKeyUsage.TIME_STAMPING: "timestampsign",
}
_GO = frozenset(
    {
        ExtendedKeyUsage.SERVER_AUTH,
        ExtendedKeyUsage.CLIENT_AUTH,
        ExtendedKeyUsage.CODE_SIGNING,
        ExtendedKeyUsage.EMAIL_PROTECTION,
        ExtendedKeyUsage.TIME_STAMPING,
    }
)
_NSS: Mapping[str, str] = {
    ExtendedKeyUsage.CLIENT_AUTH: "0",
    ExtendedKeyUsage.SERVER_AUTH: "1",
    ExtendedKeyUsage.EMAIL_PROTECTION: "4",
    ExtendedKeyUsage.CODE_SIGNING: "6",
    ExtendedKeyUsage.IPSEC_IKE: "12",
}
"""SECCertUsage."""


class Asked(Protocol):
    @property
    def title(self) -> str:
        """How the table calls it."""

    def knows(self, usage: str) -> bool:
        """Whether it can be asked for this usage."""

    @property
    def knows_any(self) -> bool:
        """Whether it can be asked for any usage, which is None in `accepts`."""

    @property
    def knows_policies(self) -> bool:
        """Whether it can be told which certificate policy to demand."""

    def accepts(self, ca: PublishedCa, leaf: Path, usage: str | None, policy: str | None = None) -> bool: ...


@dataclass(frozen=True)
class OpenSslPurposes:
    title: str = "OpenSSL 3.5"
    knows_any: bool = True
    knows_policies: bool = True

    def knows(self, usage: str) -> bool:
        return usage in _OPENSSL

    def accepts(self, ca: PublishedCa, leaf: Path, usage: str | None, policy: str | None = None) -> bool:
        purpose = ("-purpose", _OPENSSL[usage] if usage else "any")
        demanded = ("-explicit_policy", "-policy", policy) if policy else ()
        trusted = ("-CAfile", ca.root, "-untrusted", ca.issuing)
        return run_openssl("verify", "-x509_strict", *purpose, *demanded, *trusted, leaf).returncode == 0


@dataclass(frozen=True)
class GnuTlsPurposes:
    title: str = "GnuTLS 3.8"
    knows_any: bool = True
    knows_policies: bool = False

    def knows(self, usage: str) -> bool:
        return True

    def accepts(self, ca: PublishedCa, leaf: Path, usage: str | None, policy: str | None = None) -> bool:
        require("certtool")
        purpose = (f"--verify-purpose={usage_oid(usage)}",) if usage else ()
        chain = leaf.read_bytes() + ca.issuing.read_bytes()
        return (
            ran("certtool", "--verify", "--load-ca-certificate", ca.root, *purpose, stdin=chain).returncode
            == 0
        )


@dataclass(frozen=True)
class JavaPurposes:
    """The PKIX validator, whose target must have the usage."""

    process: LineProcess
    title: str = "Java 17"
    knows_any: bool = True
    knows_policies: bool = True

    def knows(self, usage: str) -> bool:
        return True

    def accepts(self, ca: PublishedCa, leaf: Path, usage: str | None, policy: str | None = None) -> bool:
        files = (leaf, ca.issuing, ca.root)
        return self.process.answer(usage_oid(usage or _ANY), policy or "-", *files) == _ACCEPTED


@dataclass(frozen=True)
class GoPurposes:
    """crypto/x509, which takes the policies that it accepts, but cannot be told to demand one."""

    process: LineProcess
    title: str = "Go 1.24"
    knows_any: bool = True
    knows_policies: bool = False

    def knows(self, usage: str) -> bool:
        return usage in _GO

    def accepts(self, ca: PublishedCa, leaf: Path, usage: str | None, policy: str | None = None) -> bool:
        return self.process.answer(usage or _ANY, leaf, ca.issuing, ca.root) == _ACCEPTED


@dataclass(frozen=True)
class NssPurposes:
    """CERT_PKIXVerifyCert with a database for each CA."""

    title: str = "NSS 3.110"
    knows_any: bool = False
    knows_policies: bool = True
    databases: dict[Path, str] = field(default_factory=dict)

    def knows(self, usage: str) -> bool:
        return usage in _NSS

    def accepts(self, ca: PublishedCa, leaf: Path, usage: str | None, policy: str | None = None) -> bool:
        demanded = ("-o", f"OID.{policy}") if policy else ()
        asked = ("-d", self._database(ca), "-pp", *demanded, "-u", _NSS[usage or "serverAuth"], "-a", leaf)
        return ran("vfychain", *asked).returncode == 0

    def _database(self, ca: PublishedCa) -> str:
        require("vfychain")
        if ca.root not in self.databases:
            made = self.databases[ca.root] = f"sql:{mkdtemp(dir=ca.root.parent)}"
            ran("certutil", "-d", made, "-N", "--empty-password")
            for path, trust in ((ca.root, "CT,C,C"), (ca.issuing, ",,")):
                ran("certutil", "-d", made, "-A", "-a", "-n", path.stem, "-t", trust, "-i", path)
        return self.databases[ca.root]


ASKED_TITLES = tuple(
    each.title for each in (OpenSslPurposes, GnuTlsPurposes, JavaPurposes, GoPurposes, NssPurposes)
)


@contextmanager
def asked_programs(folder: Path) -> Iterator[tuple[Asked, ...]]:
    """Go and Java are one process each for all leaves."""
    require("javac")
    require("go")
    program = folder / "purpose_check"
    subprocess.run(["go", "build", "-o", program, SOURCES / "purpose_check.go"], check=True, timeout=100)
    with line_process(str(program)) as go, line_process("java", str(SOURCES / "PurposeCheck.java")) as java:
        yield OpenSslPurposes(), GnuTlsPurposes(), JavaPurposes(java), GoPurposes(go), NssPurposes()
