"""Weekly digests: what they contain, and how they are sent and previewed."""
