"""Sample values of the ACME server; see `samples`."""

from typing import Any

_EAB_KEY, _ACME_ACCOUNT = "eab-01kavf4x1c3d5f7h9k1m3p5r7t", "acct-01kavf4x1c3d5f7h9k1m3p5r7t"
_EAB_KEY_FIELDS: dict[str, Any] = {
    "name": "web servers",
    "names": ["DNS:**.web.example.com"],
    "profile_ids": ["server"],
    "challenges": ["http-01", "dns-01", "tls-alpn-01"],
    "source_cidrs": ["10.0.0.0/8"],
    "max_accounts": 10,
    "is_open": False,
    "wildcards": False,
}

ACME: dict[str, Any] = {
    "account_id": _ACME_ACCOUNT,
    "eab_key_id": _EAB_KEY,
    "directory_url": "https://acme.example.com/acme/directory",
    "hmac_key": "YHh3c0m4nVqVn1PqYkE1rA2o4qXg8b1u0mJ5v6w7x8y",
    "key_type": "EC",
    "thumbprint": "9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI",
    "made_by": "key-01kavf4t7b9d1f3h5k7m9p1r3t",
    "AcmeAccountView.contacts": ["mailto:pki@example.com"],
    "AcmeAccountView.id": _ACME_ACCOUNT,
    "AcmeIdentifierView.value": "www.example.com",
    "AcmeOrderView.id": "ord-01kavf4x1c3d5f7h9k1m3p5r7t",
    **{
        f"{model}.{field}": value
        for model in ("EabKeyView", "MintedEabKeyView", "EabKeyBody", "NewEabKeyBody")
        for field, value in _EAB_KEY_FIELDS.items()
    },
    "EabKeyView.id": _EAB_KEY,
    "MintedEabKeyView.id": _EAB_KEY,
}
