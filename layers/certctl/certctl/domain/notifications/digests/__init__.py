"""The weekly digest: when it is due, what it contains, and its text."""
