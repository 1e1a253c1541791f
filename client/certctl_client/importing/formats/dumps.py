"""Certificates in JSON and YAML: Traefik's acme.json, and dumps of Kubernetes (`kubectl get -o yaml`)."""

import json
from base64 import b64decode
from binascii import Error
from collections.abc import Iterator
from typing import Any

from certctl_client.importing.formats import pem
from certctl_client.importing.found import Contents, NoCertificate, Unreadable

MARK = b"LS0tLS1CRUdJTi"
"""The base64 of `-----BEGIN `, which every dump with certificates in PEM has."""
_MOST_VALUES = 500_000
_DEEPEST = 64
_RENEWED_BY_CERT_MANAGER = "cert-manager.io/certificate-name"

type _Document = dict[str, Any]


def groups_of(data: bytes) -> list[Contents]:
    """A group for each certificate of Traefik, secret, or CertificateRequest. Raises Unreadable."""
    groups = [group for document in _documents(data) for group in _groups(document)]
    if not groups:
        raise NoCertificate("It holds no certificate in a form that is known here.")
    return groups


def _documents(data: bytes) -> list[Any]:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise NoCertificate("It is no text in UTF-8.") from None
    return [_json(text)] if text.lstrip()[:1] in ("{", "[") else _yaml(text)


def _json(text: str) -> Any:
    if sum(text.count(mark) for mark in "[{,") > _MOST_VALUES:
        raise Unreadable(f"It has more than {_MOST_VALUES:,} values.")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise NoCertificate("It is malformed JSON.") from None


def _yaml(text: str) -> list[Any]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # both safe; not every build has libyaml's
    try:
        _refuse_bombs(yaml.parse(text, Loader=loader))
        return list(yaml.load_all(text, Loader=loader))
    except (yaml.YAMLError, ValueError, RecursionError):
        raise NoCertificate("It is malformed YAML.") from None


def _refuse_bombs(events: Any) -> None:
    """Refuses aliases, which can expand to any size, and what is too deep or too large."""
    import yaml

    depth = 0
    for number, event in enumerate(events):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or depth > _DEEPEST or number > _MOST_VALUES:
            raise Unreadable("It is YAML with aliases, nested too deep, or with too many values.")


def _groups(document: Any) -> Iterator[Contents]:
    if not isinstance(document, dict):
        return
    for item in _listed(document.get("items"), document):
        yield from _of_kubernetes(item)
    for resolver in (document, *document.values()):
        if isinstance(resolver, dict):
            yield from map(_of_traefik, _traefik_certificates(resolver))


def _listed(items: Any, alone: _Document) -> list[_Document]:
    return [each for each in items if isinstance(each, dict)] if isinstance(items, list) else [alone]


def _traefik_certificates(resolver: _Document) -> list[_Document]:
    found = resolver.get("Certificates")
    names = ("certificate", "Certificate")
    return [each for each in _listed(found, {}) if any(isinstance(each.get(name), str) for name in names)]


def _of_traefik(entry: _Document) -> Contents:
    text = entry.get("certificate") or entry.get("Certificate")
    return _group(text, "key" in entry or "Key" in entry, "Traefik", None)


def _of_kubernetes(item: _Document) -> Iterator[Contents]:
    metadata, data, status = (_mapping(item.get(name)) for name in ("metadata", "data", "status"))
    place = f"k8s:{metadata.get('namespace', 'default')}/{metadata.get('name', '')}"
    if item.get("kind") == "Secret" and isinstance(data.get("tls.crt"), str):
        is_managed = _RENEWED_BY_CERT_MANAGER in _mapping(metadata.get("annotations"))
        renewed_by = "cert-manager" if is_managed else None
        yield _group(data["tls.crt"], bool(data.get("tls.key")), renewed_by, f"{place}#tls.crt")
    if item.get("kind") == "CertificateRequest" and isinstance(status.get("certificate"), str):
        yield _group(status["certificate"], False, "cert-manager", place)


def _group(text: Any, has_key: bool, renewed_by: str | None, place: str | None) -> Contents:
    try:
        read = pem.contents_of(b64decode("".join(str(text).split()), validate=True))
    except (Error, ValueError):
        return Contents(faults=("A certificate in it is not base64.",), place=place)
    except Unreadable as fault:
        return Contents(faults=(str(fault),), place=place)
    keys = (*read.private_keys, *(("PEM",) if has_key else ()))
    return Contents(read.certificates, keys, read.faults, renewed_by, place)


def _mapping(value: Any) -> _Document:
    return value if isinstance(value, dict) else {}
