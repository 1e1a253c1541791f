"""Certificate authorities: health checks, and the actions of administrators."""
