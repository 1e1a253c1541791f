"""`install`: makes an agent's host ready, and can be repeated."""
