"""Sign-in of command lines."""
