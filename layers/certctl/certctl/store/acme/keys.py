"""The keys of this room's rows."""

EAB_KEY = "acme-eab-key"
OPEN_EAB_KEY = "acme-open-eab-key"
ACCOUNT = "acme-account"
NONCE_KEY = "acme_nonce_key"
PLACES = "acme_places"
ENDINGS = "acme_endings"
"""Follow-ups of revoked EAB keys and ACME accounts: their open jobs are cancelled."""
LEAKS = "acme_leaks"
"""Follow-ups of leaked API keys: the EAB keys that they made are revoked."""
UNUSED = "acme_unused"
ONLY = "-"
"""The `id` of a row that is alone in its partition."""


def credential_key(thumbprint: str) -> str:
    """No digest of a text begins like this."""
    return f"acme#{thumbprint}"


def orders_of(account_id: str) -> str:
    return f"acme_order#{account_id}"


def authorizations_of(order_id: str) -> str:
    return f"acme_authz#{order_id}"


def order_of(authorizations: str) -> str:
    """The id of the order in the key of a partition of authorizations."""
    return authorizations.partition("#")[2]


def used_nonce(nonce: str) -> str:
    return f"acme_nonce#{nonce}"


def rate_of(subject_id: str) -> str:
    return f"acme_rate#{subject_id}"


def names_key(record_key: str) -> str:
    return f"acme_names#{record_key}"
