"""Formats of files that hold certificates: parsed without trust in a byte of them, private keys left out."""
