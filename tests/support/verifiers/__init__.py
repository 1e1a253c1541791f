"""What OpenSSL, Go and Java say of a chain of certificates."""

import subprocess
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from tests.support.openssl import run_openssl

_HERE = Path(__file__).parent
_PURPOSES = {"serverAuth": "sslserver", "clientAuth": "sslclient", "emailProtection": "smimesign"}
OK = "OK"


@dataclass(frozen=True)
class LineProcess:
    """A program that answers each line with one."""

    stdin: IO[str]
    stdout: IO[str]

    def answer(self, *words: object) -> str:
        print(*words, file=self.stdin, flush=True)
        return self.stdout.readline().strip()


@dataclass(frozen=True)
class Verifiers:
    """Go and Java are one process each for all chains."""

    go: LineProcess
    java: LineProcess
    folder: Path

    def verdicts(self, usage: str, chain: Sequence[x509.Certificate]) -> Mapping[str, str]:
        """The verdicts by program: `OK`, or why it refuses the chain, which goes from the leaf up to the
        root."""
        texts = [b64encode(each.public_bytes(Encoding.DER)).decode() for each in chain]
        return {
            "OpenSSL": self._openssl(usage, chain),
            "Go": self.go.answer(usage, *texts),
            "Java": self.java.answer(usage, *texts),
        }

    def _openssl(self, usage: str, chain: Sequence[x509.Certificate]) -> str:
        leaf, between, root = (self.folder / name for name in ("leaf.pem", "between.pem", "root.pem"))
        for path, certificates in ((leaf, chain[:1]), (between, chain[1:-1]), (root, chain[-1:])):
            path.write_bytes(b"".join(each.public_bytes(Encoding.PEM) for each in certificates))
        options = ("-x509_strict", "-purpose", _PURPOSES[usage])
        trusted = ("-CAfile", root, "-untrusted", between)
        ran = run_openssl("verify", *options, *trusted, leaf)
        return OK if ran.returncode == 0 else ran.stderr.decode("utf-8", "replace").strip()


@contextmanager
def verifiers(folder: Path) -> Iterator[Verifiers]:
    program = folder / "chain_check"
    subprocess.run(["go", "build", "-o", program, _HERE / "chain_check.go"], check=True, timeout=300)
    with ExitStack() as running:
        go = running.enter_context(line_process(str(program)))
        java = running.enter_context(line_process("java", str(_HERE / "ChainCheck.java")))
        yield Verifiers(go, java, folder)


@contextmanager
def line_process(*command: str) -> Iterator[LineProcess]:
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as running:
        if running.stdin is None or running.stdout is None:
            raise AssertionError("both are pipes")
        yield LineProcess(running.stdin, running.stdout)
