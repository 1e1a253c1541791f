"""What zlint calls an error. It reads no OCSP answers."""

import json
import subprocess
from base64 import encodebytes
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support.lint.artefacts import Artefact

type Findings = Mapping[str, Sequence[str]]
_BLOCKS = {"certificate": "CERTIFICATE", "crl": "X509 CRL"}


def errors_by_zlint(artefacts: Sequence[Artefact], folder: Path) -> Findings:
    """Codes by the artefact's name and kind."""
    names = [f"{each.name}.{each.kind}" for each in artefacts if each.kind in _BLOCKS]
    for artefact in artefacts:
        if block := _BLOCKS.get(artefact.kind):
            body = encodebytes(artefact.der).decode()
            pem = f"-----BEGIN {block}-----\n{body}-----END {block}-----\n"
            (folder / f"{artefact.name}.{artefact.kind}").write_text(pem)
    ran = subprocess.run(
        ["zlint", *names], cwd=folder, capture_output=True, text=True, timeout=240, check=True
    )
    results = [json.loads(line) for line in ran.stdout.splitlines()]
    return {
        name: sorted(code for code, said in result.items() if said["result"] in ("error", "fatal"))
        for name, result in zip(names, results, strict=True)
    }
