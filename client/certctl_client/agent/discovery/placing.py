"""New paths for the files of a site, which the agent may replace, and the target that has them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from certctl_client.agent.discovery.certificates import key_in_words
from certctl_client.agent.discovery.findings import Mention
from certctl_client.agent.discovery.sites import Site

DEFAULT_COMMANDS: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    "NGINX": (("nginx", "-t", "-q"), ("systemctl", "reload", "nginx")),
    "Apache": (("apachectl", "-t"), ("systemctl", "reload", "apache2")),
    "HAProxy": (
        ("haproxy", "-c", "-q", "-f", "/etc/haproxy/haproxy.cfg"),
        ("systemctl", "reload", "haproxy"),
    ),
}
"""The test and reload commands that a target of the kind has by itself: those of `targets/registry.py`."""
_LONGEST_SLUG = 48
_PLAIN = re.compile(r"[A-Za-z0-9_./-]+")
_MOVED = b"# certctl: these certificates are in SSLCertificateFile now: "


@dataclass(frozen=True)
class NewFile:
    """A file for the agent, with what the present one holds."""

    path: Path
    content: bytes = field(repr=False)
    is_secret: bool


@dataclass(frozen=True)
class Edit:
    """The bytes of a mention become `text`."""

    at: Mention
    text: bytes


@dataclass(frozen=True)
class Move:
    """A site, the files and edits of its cut-over, and the record of its target."""

    site: Site
    slug: str
    files: Sequence[NewFile]
    edits: Sequence[Edit]
    target: Mapping[str, Any]


def moves_of(sites: Iterable[Site], taken: Iterable[str] = ()) -> list[Move]:
    """A move for each site that can move, each with paths of its own. A directory of HAProxy moves only as a
    whole."""
    sites = list(sites)
    used, moves = set(taken), []
    for site in sites:
        if not site.can_move or not _moves_with_folder(site, sites):
            continue
        slug = _free(_slug(site), used)
        used.add(slug)
        moves.append(_move(site, slug))
    return moves


def hindrance_of_folder(site: Site, sites: Iterable[Site]) -> str:
    """Why a site of HAProxy's `crt DIRECTORY` stays: another file of the directory cannot move."""
    for other in sites:
        if site.folder and other.folder == site.folder and not other.can_move:
            return f"{other.certificate}, in the same directory, cannot be moved"
    return ""


def directory_of(site: Site) -> Path:
    """The directory for a site's new files: `tls` beside the server's configuration."""
    base = site.home / "tls"
    return base / site.folder.name if site.folder else base


def _moves_with_folder(site: Site, sites: Iterable[Site]) -> bool:
    return not hindrance_of_folder(site, sites)


def _move(site: Site, slug: str) -> Move:
    directory = directory_of(site)
    certificate = directory / (site.certificate.name if site.folder else f"{slug}.pem")
    key = _key_path(site, certificate)
    if key:
        files = [NewFile(certificate, site.looked.certificates, False), NewFile(key, site.looked.key, True)]
    else:
        files = [NewFile(certificate, site.looked.certificates + site.looked.key, True)]
    edits = list(dict.fromkeys(_edits(site, certificate, key)))
    return Move(site, slug, files, edits, _target(site, slug, certificate, key))


def _key_path(site: Site, certificate: Path) -> Path | None:
    """The key's own file; None for HAProxy, whose targets have it behind the certificate. A target of type
    Files has two files: HAProxy finds the key beside the certificate."""
    if site.kind != "HAProxy":
        return certificate.with_suffix(".key")
    return certificate.with_name(f"{certificate.name}.key") if _is_files(site) else None


def _edits(site: Site, certificate: Path, key: Path | None) -> Iterable[Edit]:
    for host in site.hosts:
        yield Edit(host.certificate_at, _word(certificate.parent if site.folder else certificate))
        if host.key_at and key:
            yield Edit(host.key_at, _word(key))
        if host.chain_at:
            yield Edit(host.chain_at, _MOVED)


def _word(path: Path) -> bytes:
    text = str(path)
    return text.encode() if _PLAIN.fullmatch(text) else f'"{text}"'.encode()


def _is_files(site: Site) -> bool:
    """Whether no handshake can show the certificate: without an address, or if another one is preferred."""
    return site.has_preferred_twin or not site.verify_address


def _target(site: Site, slug: str, certificate: Path, key: Path | None) -> Mapping[str, Any]:
    config: dict[str, Any] = {"certificate_path": str(certificate)}
    config |= {"key_path": str(key)} if key else {}
    test, reload = DEFAULT_COMMANDS[site.kind]
    if _is_files(site):
        config |= {"reload_command": list(site.commands.reload)}
    else:
        config |= {"verify_address": site.verify_address, "verify_server_name": site.server_name}
        config |= _unless_default("test_command", site.commands.test, test)
        config |= _unless_default("reload_command", site.commands.reload, reload)
    return {"name": slug, "type": "Files" if _is_files(site) else site.kind, "config": config}


def _unless_default(name: str, command: Sequence[str], default: Sequence[str]) -> Mapping[str, Any]:
    return {} if list(command) == list(default) else {name: list(command)}


def _slug(site: Site) -> str:
    names = [*site.looked.names, *site.names, site.certificate.stem]
    base = re.sub(r"[^a-z0-9-]+", "-", names[0].lower().replace("*", "wildcard")).strip("-")[:_LONGEST_SLUG]
    leaf = site.looked.leaf
    kind = "-rsa" if site.has_preferred_twin and leaf and key_in_words(leaf).startswith("RSA") else ""
    return f"{base or 'certificate'}-{site.kind.lower()}{kind}"


def _free(slug: str, used: Iterable[str]) -> str:
    taken = set(used)
    numbered = (f"{slug}-{number}" for number in range(2, len(taken) + 3))
    return slug if slug not in taken else next(each for each in numbered if each not in taken)
