"""The content of a backup. The manifest is written last: without one there is no backup."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from deploy.backups.places import Place
from deploy.errors import DeployError

NAME = "manifest.json"
_FORMAT = 1


@dataclass(frozen=True)
class File:
    key: str
    digest: str


@dataclass(frozen=True)
class TableDump:
    """`items` over all `files`."""

    items: int
    files: tuple[File, ...]


@dataclass(frozen=True)
class PkiObject:
    """A published object; its content is the file `objects/<key>`."""

    key: str
    digest: str
    content_type: str
    cache_control: str


@dataclass(frozen=True)
class Manifest:
    """`at` is the time of all tables, in the wire's form."""

    stack: str
    region: str
    at: str
    tables: Mapping[str, TableDump]
    objects: tuple[PkiObject, ...]


def write(place: Place, manifest: Manifest) -> str:
    """Writes the manifest and returns its SHA-256, which stands for the whole backup: the manifest has the
    digest of each file."""
    body = json.dumps({"format": _FORMAT, **asdict(manifest)}, indent=1).encode()
    place.write(NAME, body)
    return hashlib.sha256(body).hexdigest()


def read(place: Place) -> Manifest:
    """The manifest that `opened` verifies."""
    return opened(place)[0]


def opened(place: Place) -> tuple[Manifest, str]:
    """With its SHA-256. Raises DeployError if there is none, or one of another version."""
    try:
        body = place.read(NAME)
        found = json.loads(body)
    except Exception as problem:
        raise DeployError(f"{place} has no {NAME}, so there is no whole backup ({problem})") from problem
    if found.get("format") != _FORMAT:
        raise DeployError(f"{place}: a backup of format {found.get('format')}, this program reads {_FORMAT}")
    tables = {
        name: TableDump(dump["items"], tuple(File(**file) for file in dump["files"]))
        for name, dump in found["tables"].items()
    }
    objects = tuple(PkiObject(**each) for each in found["objects"])
    manifest = Manifest(found["stack"], found["region"], found["at"], tables, objects)
    return manifest, hashlib.sha256(body).hexdigest()
