"""A world in a file, so that it can be checked again without its stack."""

import base64
import gzip
import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from tests.soak.world.world import World


def store(world: World, path: Path) -> None:
    record = {each.name: getattr(world, each.name) for each in fields(world)}
    record["objects"] = {bucket: _texts(objects) for bucket, objects in world.objects.items()}
    record["ocsp"] = _texts(world.ocsp)
    path.write_bytes(gzip.compress(json.dumps(record).encode(), mtime=0))


def load(path: Path) -> World:
    record: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    record["objects"] = {bucket: _bytes(objects) for bucket, objects in record["objects"].items()}
    record["ocsp"] = _bytes(record["ocsp"])
    return World(**record)


def _texts(binary: Mapping[str, bytes]) -> dict[str, str]:
    return {name: base64.b64encode(content).decode() for name, content in binary.items()}


def _bytes(texts: Mapping[str, str]) -> dict[str, bytes]:
    return {name: base64.b64decode(content) for name, content in texts.items()}
