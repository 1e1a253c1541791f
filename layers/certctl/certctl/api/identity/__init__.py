"""Sign-in, sessions and tokens on the wire."""
