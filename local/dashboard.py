"""The dashboard: built with Node.js from PyPI, served as static files beside the API, as CloudFront does."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from local.build import BUILD, CommandFailedError
from local.settings import ROOT, TOOLS

SOURCE = ROOT / "dashboard"
SITE = BUILD / "dashboard"
# The same as in stacks/dashboard_site.yaml: a test compares them.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}
# What the API and the CAs answer; every other address is a page.
_NOT_PAGES = ("/api/", "/.well-known/", "/pki/", "/ocsp/", "/health", "/ready")
_NOT_SOURCES = frozenset({"node_modules", "dist", "coverage"})


def file_of(method: str, path: str, accept: str) -> Path | None:
    """A file of the site; for a browser, which asks for HTML, the application itself at every other address.
    None for what the API answers: programs get its 404."""
    if method not in ("GET", "HEAD") or path.startswith(_NOT_PAGES):
        return None
    wanted = (SITE / path.lstrip("/")).resolve()
    if wanted.is_relative_to(SITE.resolve()) and wanted.is_file():
        return wanted
    return SITE / "index.html" if path == "/" or "text/html" in accept else None


def headers_of(path: str) -> dict[str, str]:
    """Names of assets change with their content, so they may be kept."""
    kept = "max-age=31536000, immutable" if path.startswith("/assets/") else "no-cache"
    return _HEADERS | {"Cache-Control": kept}


def fingerprint() -> str:
    digest = hashlib.sha256()
    for path in _sources():
        digest.update(f"{path.relative_to(SOURCE)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    for path in sorted(SOURCE.rglob("*")):
        if path.is_file() and not _NOT_SOURCES.intersection(path.relative_to(SOURCE).parts):
            yield path


def is_built(wanted: str) -> bool:
    marker = SITE / ".fingerprint"
    return marker.exists() and marker.read_text() == wanted


def build(wanted: str, log: Path) -> None:
    """Installs what the lock file names and builds. Raises CommandFailedError."""
    shutil.rmtree(SITE, ignore_errors=True)
    with log.open("wb") as output:
        _install(output.fileno(), log)
        _npm(output.fileno(), log, "run", "build", "--", "--outDir", str(SITE), "--emptyOutDir")
    (SITE / ".fingerprint").write_text(wanted)


def _install(output: int, log: Path) -> None:
    """Only what another lock file names: a developer of the dashboard keeps their packages."""
    marker = SOURCE / "node_modules" / ".certctl-lock"
    wanted = hashlib.sha256((SOURCE / "package-lock.json").read_bytes()).hexdigest()
    if marker.exists() and marker.read_text() == wanted:
        return
    _npm(output, log, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    marker.write_text(wanted)


def _npm(output: int, log: Path, *arguments: str) -> None:
    binaries = TOOLS / "env" / "node" / "bin"
    path = os.pathsep.join([str(binaries), os.environ["PATH"]])
    ended = subprocess.run(
        [binaries / "npm", *arguments],
        cwd=SOURCE,
        env=os.environ | {"PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if ended.returncode != 0:
        raise CommandFailedError(f"npm {arguments[0]} failed, see {log}")


def main() -> None:
    """`make dashboard` shares the packages with `make run`. Raises CommandFailedError."""
    _install(sys.stdout.fileno(), Path("what npm said above"))


if __name__ == "__main__":
    main()
