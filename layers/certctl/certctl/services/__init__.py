"""Use cases. Services never import one another."""
