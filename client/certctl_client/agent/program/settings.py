"""Defaults and bounds of the options: apart from what the commands do, so that their help loads little."""

from pathlib import Path

TOKEN_VARIABLE = "CERTCTL_BOOTSTRAP_TOKEN"  # noqa: S105 - the name of a variable
LONGEST_SECRET = 1024
"""Characters of a token or key that are read."""
SHORTEST_POLL, LONGEST_POLL = 15.0, 3600.0
"""Seconds between polls."""
JOURNALS = Path("/var/lib/certctl-cutover")
"""The directory of what undoing a cut-over needs."""
