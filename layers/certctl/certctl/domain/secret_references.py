"""Names of secrets. Each stack has its own prefix, and each function's IAM role covers no other."""

import re

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")


def is_reference(text: str, stack: str, kind: str) -> bool:
    """`certctl/<stack>/<kind>/<name>` is a secret of Secrets Manager, with a leading slash a parameter of
    Parameter Store. `kind` is `channels`, `issuers` or `identity`."""
    name, prefix = text.removeprefix("/"), _prefix(stack, kind)
    return name.startswith(prefix) and _NAME.fullmatch(name.removeprefix(prefix)) is not None


def allowed_references(stack: str, kind: str) -> str:
    """The allowed names, for people."""
    prefix = _prefix(stack, kind)
    return f"{prefix}<name> or /{prefix}<name>"


def _prefix(stack: str, kind: str) -> str:
    return f"certctl/{stack}/{kind}/"
