"""Runs in a bare interpreter beside one built function: imports it, creates everything that its handlers use,
and prints the imported modules. It imports nothing of this repository that the artefact does not contain."""

import json
import os
import sys

WRITES = os.O_WRONLY | os.O_RDWR
written: list[str] = []


def refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    """An audit hook (PEP 578) sees every socket and file of this process, opened by any code."""
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        raise AssertionError(f"the network was used: {event}")
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITES:
        written.append(str(arguments[0]))


sys.addaudithook(refuse_network)
sys.path[:0] = sys.argv[1:]
import app  # type: ignore[import-not-found]  # noqa: E402  # the built function's, once the path has it

imported = sorted(sys.modules)


def make_all() -> list[str]:
    """Creates each public part of the function's composition that takes no arguments: those that its handlers
    use."""
    from functools import cached_property

    kinds = vars(type(app.services)).items()
    parts = [name for name, made in kinds if isinstance(made, cached_property | property) and name[0] != "_"]
    for name in parts:
        getattr(app.services, name)
    access = getattr(app.services, "access", None)
    if access is not None:
        _ = access.api_services, access.edge
    return sorted(parts)


def uncompiled() -> list[str]:
    """Modules of the layers whose bytecode does not lie beside them, good unchecked (PEP 552)."""
    layers = tuple(sys.argv[2:])
    found = []
    for module in list(sys.modules.values()):
        spec = getattr(module, "__spec__", None)
        origin, cached = getattr(spec, "origin", None) or "", getattr(spec, "cached", None)
        if origin.startswith(layers) and origin.endswith(".py") and not _has_bytecode(cached):
            found.append(origin)
    return sorted(found)


def _has_bytecode(path: str | None) -> bool:
    if path is None or not os.path.exists(path):  # noqa: PTH110  # pathlib would count as imported
        return False
    with open(path, "rb") as file:  # noqa: PTH123
        return file.read(8)[4] == 1


made = make_all()
answer = {
    "imported": imported,
    "made": made,
    "afterwards": sorted(sys.modules),
    "uncompiled": uncompiled(),
    "written": written,
}
sys.stdout.write(json.dumps(answer))
