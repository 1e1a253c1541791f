"""The claims of a token, and how exactly its times are compared."""

from collections.abc import Mapping
from typing import Any

Claims = Mapping[str, Any]
LEEWAY_SECONDS = 60
"""The most seconds by which the clocks of an issuer and of this stack may differ."""
