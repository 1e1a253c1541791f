"""What programs that nobody here wrote make of OCSP answers; each asks by itself.

`answers` returns one answer for each leaf of a CA, `good` or what the program printed.
"""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Protocol

from tests.support.openssl import run_openssl
from tests.support.relying_parties.programs import GOOD
from tests.support.relying_parties.published import PublishedCa
from tests.support.status.relying import ran, require, said_by
from tests.support.template import ROOT


class Asking(Protocol):
    def answers(self, ca: PublishedCa, url: str) -> list[str]: ...


class OpenSslAsks:
    def answers(self, ca: PublishedCa, url: str) -> list[str]:
        chain = _chain(ca)
        return [self._answer(leaf, ca.issuing, chain, url) for leaf in ca.leaves]

    def _answer(self, leaf: Path, issuing: Path, chain: Path, url: str) -> str:
        done = run_openssl("ocsp", "-issuer", issuing, "-cert", leaf, "-url", url, "-CAfile", chain)
        shown = (done.stderr + done.stdout).decode()
        return GOOD if "Response verify OK" in shown and f"{leaf}: good" in shown else shown


class GnuTlsAsks:
    def answers(self, ca: PublishedCa, url: str) -> list[str]:
        require("ocsptool")
        who = (f"--ask={url}", "--load-issuer", ca.issuing, "--load-trust", _chain(ca))
        return [self._answer(said_by("ocsptool", *who, "--load-cert", leaf)) for leaf in ca.leaves]

    def _answer(self, shown: str) -> str:
        is_verified = "Verifying OCSP Response: Success" in shown
        return GOOD if is_verified and "Certificate Status: good" in shown else shown


@dataclass(frozen=True)
class JavaAsks:
    """The PKIX validator, by OCSP alone; compiled once in `folder`."""

    folder: Path
    options: tuple[str, ...] = ()

    def answers(self, ca: PublishedCa, url: str) -> list[str]:
        require("javac")
        if not (self.folder / "RevocationCheck.class").exists():
            source = ROOT / "tests/support/status/RevocationCheck.java"
            subprocess.run(["javac", "-d", self.folder, source], check=True, timeout=100)
        command = ("java", "-XX:TieredStopAtLevel=1", *self.options, "-cp", self.folder, "RevocationCheck")
        files = (ca.root, ca.issuing)
        return [said_by(*command, *files, leaf, url, seconds=60).strip() for leaf in ca.leaves]


class NssAsks:
    """CERT_PKIXVerifyCert, at the URL that the leaf names; without an answer it fails."""

    def answers(self, ca: PublishedCa, url: str) -> list[str]:
        require("vfychain")
        database = f"sql:{mkdtemp(dir=ca.root.parent)}"
        ran("certutil", "-d", database, "-N", "--empty-password")
        for path, trust in ((ca.root, "CT,C,C"), (ca.issuing, ",,")):
            ran("certutil", "-d", database, "-A", "-a", "-n", path.stem, "-t", trust, "-i", path)
        asking = ("-pp", "-g", "leaf", "-m", "ocsp", "-s", "failIfNoInfo", "-u", "1", "-a")
        done = [ran("vfychain", "-d", database, *asking, leaf) for leaf in ca.leaves]
        return [each.stderr.decode() if each.returncode else GOOD for each in done]


def _chain(ca: PublishedCa) -> Path:
    path = ca.root.with_name("chain.pem")
    path.write_text(ca.issuing.read_text() + ca.root.read_text())
    return path
