"""Who renews a certificate is told by the layout of its directory.

These layouts are as documentation has them. Directories that the real certbot, acme.sh, dehydrated, lego and
Caddy made are in tests/servers/acme/test_directories.py; there are none of Traefik and cert-manager.
"""

import json
from base64 import b64encode
from pathlib import Path

import pytest
import yaml

from tests.support.client.import_files import certificate, key_pem, pem, scanned

_LEAF, _CA = certificate("www.example"), certificate("ca.example", ca=True)
_BASE64 = b64encode(pem(_LEAF, _CA)).decode()
_KEY = b64encode(key_pem()).decode()
_SECRET = {
    "apiVersion": "v1",
    "kind": "Secret",
    "type": "kubernetes.io/tls",
    "metadata": {
        "name": "www-tls",
        "namespace": "shop",
        "annotations": {"cert-manager.io/certificate-name": "www"},
    },
    "data": {"tls.crt": _BASE64, "tls.key": _KEY, "ca.crt": ""},
}


def _put(root: Path, **files: bytes) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _renewers(root: Path) -> dict[str, str | None]:
    return {each.place.removeprefix(f"file:{root}/"): each.renewed_by for each in scanned(root).found}


def test_acme_sh_has_a_configuration_beside_each_certificate(tmp_path: Path) -> None:
    _put(
        tmp_path,
        **{
            "www.example_ecc/www.example.conf": b"Le_Domain='www.example'\n",
            "www.example_ecc/www.example.cer": pem(_LEAF),
            "www.example_ecc/www.example.key": key_pem(),
        },
    )
    assert _renewers(tmp_path) == {"www.example_ecc/www.example.cer#1": "acme.sh"}


def test_dehydrated_links_the_newest_certificate(tmp_path: Path) -> None:
    _put(tmp_path, **{"certs/www.example/cert-1763000000.pem": pem(_LEAF)})
    (tmp_path / "certs/www.example/cert.pem").symlink_to("cert-1763000000.pem")
    assert set(_renewers(tmp_path).values()) == {"dehydrated"}


@pytest.mark.parametrize(
    ("facts", "client"),
    [
        ({"sans": ["www.example"], "issuer_data": {"url": "https://acme.example/cert/1"}}, "Caddy"),
        ({"domain": "www.example", "certUrl": "https://acme.example/cert/1"}, "lego"),
    ],
)
def test_caddy_and_lego_keep_facts_beside_each_certificate(
    tmp_path: Path, facts: dict[str, object], client: str
) -> None:
    _put(
        tmp_path,
        **{
            "www.example.crt": pem(_LEAF),
            "www.example.json": json.dumps(facts).encode(),
            "other.crt": pem(certificate("other.example")),
        },
    )
    assert _renewers(tmp_path) == {"www.example.crt#1": client, "other.crt#1": None}


@pytest.mark.parametrize(
    "document",
    [
        {"le": {"Account": {}, "Certificates": [{"domain": {}, "certificate": _BASE64, "key": _KEY}]}},
        {"Account": {}, "Certificates": [{"Domain": {}, "Certificate": _BASE64, "Key": _KEY}]},
    ],
    ids=["version 2 and 3", "version 1"],
)
def test_traefik_keeps_certificates_and_keys_in_one_file(tmp_path: Path, document: dict[str, object]) -> None:
    _put(tmp_path, **{"acme.json": json.dumps(document).encode()})
    seen = scanned(tmp_path)
    [found] = seen.found
    assert (found.place, found.renewed_by) == (f"file:{tmp_path}/acme.json#1", "Traefik")
    assert (found.certificate, found.chain, len(seen.keys)) == (_LEAF, (_CA,), 1)


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_secrets_of_kubernetes_are_places_in_the_cluster(form: str) -> None:
    document = {"kind": "List", "items": [_SECRET]}
    text = json.dumps(document) if form == "json" else yaml.safe_dump(document)
    seen = scanned(text.encode())
    assert [(each.place, each.renewed_by) for each in seen.found] == [
        ("k8s:shop/www-tls#tls.crt", "cert-manager")
    ]
    assert len(seen.keys) == 1


def test_a_certificate_request_needs_no_secret() -> None:
    request = {
        "kind": "CertificateRequest",
        "metadata": {"name": "www-1", "namespace": "shop"},
        "status": {"certificate": _BASE64},
    }
    [found] = scanned(yaml.safe_dump_all([request]).encode()).found
    assert (found.place, found.certificate) == ("k8s:shop/www-1", _LEAF)
