"""Virtual hosts as the configurations of the web servers name them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Mention:
    """A word of a configuration that names a file: the bytes from `start` to `end` of `file`, a real path."""

    file: Path
    line: int
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class VirtualHost:
    """One certificate of a virtual host. `certificate` and `key` are absolute paths as configured; `key` is
    None if the key is in the file of the certificate. `folder` is the directory of HAProxy's `crt` that holds
    the certificate, and then `certificate_at` names the directory. `chain` is SSLCertificateChainFile of
    Apache. `hindrance` says why the files cannot be moved, and is empty if they can."""

    names: Sequence[str]
    addresses: Sequence[str]
    certificate: Path
    certificate_at: Mention
    key: Path | None = None
    key_at: Mention | None = None
    chain: Path | None = None
    chain_at: Mention | None = None
    folder: Path | None = None
    hindrance: str = ""


@dataclass(frozen=True)
class Commands:
    """Commands of one server, argument by argument. `base` is the program with its configuration."""

    base: Sequence[str]
    test: Sequence[str]
    reload: Sequence[str]


@dataclass(frozen=True)
class Server:
    """A server of this host. `home` is the directory of its main configuration. `problems` concern all
    hosts."""

    kind: str
    commands: Commands
    home: Path
    hosts: Sequence[VirtualHost] = ()
    problems: Sequence[str] = field(default=())
