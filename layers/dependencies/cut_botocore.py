"""Leaves in a layer what botocore needs for the services of services.txt: a twentieth of its data.

python cut_botocore.py PACKAGES. The rest of botocore/data stays as it is: partitions and their regions, retry
rules, defaults of the SDK. Documentation and examples of services go: nothing reads them at run time. Of
boto3's resources, which are more than clients, those of the same services stay.
"""

import gzip
import json
import shutil
import sys
from pathlib import Path
from typing import Any

SERVICES = Path(__file__).with_name("services.txt")
_MODEL = "service-2.json.gz"


def main(packages: Path) -> None:
    data = packages / "botocore" / "data"
    services = SERVICES.read_text().split()
    if missing := [name for name in services if not (data / name).is_dir()]:
        raise SystemExit(f"botocore has no {', '.join(missing)}: see {SERVICES.name}")
    _leave_services(data)
    _leave_services(packages / "boto3" / "data")
    for example in data.rglob("examples-1.json*"):
        example.unlink()
    prefixes = {_cut_model(model) for model in data.rglob(_MODEL)}
    _cut_endpoints(data / "endpoints.json", prefixes)


def _leave_services(data: Path) -> None:
    kept = set(SERVICES.read_text().split())
    for folder in data.iterdir():
        if folder.is_dir() and folder.name not in kept:
            shutil.rmtree(folder)


def _cut_model(path: Path) -> str:
    """The service's name in endpoints.json."""
    model = json.loads(gzip.decompress(path.read_bytes()))
    shown = json.dumps(_undocumented(model), separators=(",", ":")).encode()
    path.write_bytes(gzip.compress(shown, mtime=0))
    return str(model["metadata"]["endpointPrefix"])


def _undocumented(node: Any) -> Any:
    """With empty texts of documentation, for botocore reads some without asking whether they are there. A
    member of a shape may have that name, too, and is no text."""
    if isinstance(node, list):
        return [_undocumented(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        name: "" if name == "documentation" and isinstance(each, str) else _undocumented(each)
        for name, each in node.items()
    }


def _cut_endpoints(path: Path, prefixes: set[str]) -> None:
    """Partitions and regions stay whole: 1.2 MB of JSON cost a third of a client's making."""
    endpoints = json.loads(path.read_bytes())
    for partition in endpoints["partitions"]:
        services = partition["services"]
        partition["services"] = {name: services[name] for name in services if name in prefixes}
    path.write_text(json.dumps(endpoints, separators=(",", ":")))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
