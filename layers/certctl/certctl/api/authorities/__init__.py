"""Certificate authorities: what people read, health checks, and the actions of administrators."""
