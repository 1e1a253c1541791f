"""Who renews a certificate, by the layout of the directory that ACME clients leave behind."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from certctl_client.importing.opening import read_start

_DEHYDRATED = re.compile(r"cert-\d+\.pem")


@dataclass
class Layouts:
    """Remembers the newest directory: its files come one after another."""

    directory: Path = field(default_factory=Path)
    by_directory: str | None = None

    def renewed_by(self, file: Path) -> str | None:
        """The program that renews the certificate in the file, or None if nothing there tells it."""
        if file.parent != self.directory:
            self.directory = file.parent
            self.by_directory = _of_directory(file.parent)
        return self.by_directory or _of_neighbours(file)


def _of_directory(directory: Path) -> str | None:
    return next((name for name, is_layout in _DIRECTORIES.items() if is_layout(directory)), None)


def _of_neighbours(file: Path) -> str | None:
    """Caddy and lego keep a JSON file with the same stem beside each certificate."""
    if file.suffix != ".crt":
        return None
    facts = read_start(file.with_name(f"{file.stem.removesuffix('.issuer')}.json"))
    if b'"issuer_data"' in facts or b'"sans"' in facts:
        return "Caddy"
    return "lego" if b'"certUrl"' in facts else None


def _is_certbot(directory: Path) -> bool:
    """`live/NAME` or `archive/NAME`, with `renewal/NAME.conf`."""
    above = directory.parent
    if above.name not in ("live", "archive"):
        return False
    return bool(read_start(above.parent / "renewal" / f"{directory.name}.conf"))


def _is_acme_sh(directory: Path) -> bool:
    """`NAME` or `NAME_ecc`, with `NAME.conf`."""
    return b"Le_Domain=" in read_start(directory / f"{directory.name.removesuffix('_ecc')}.conf")


def _is_dehydrated(directory: Path) -> bool:
    """`cert.pem` is a link to `cert-TIME.pem`."""
    link = directory / "cert.pem"
    return link.is_symlink() and bool(_DEHYDRATED.fullmatch(link.readlink().name))


_DIRECTORIES: Mapping[str, Callable[[Path], bool]] = {
    "certbot": _is_certbot,
    "acme.sh": _is_acme_sh,
    "dehydrated": _is_dehydrated,
}
