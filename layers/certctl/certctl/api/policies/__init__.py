"""Policy violations on the wire."""
