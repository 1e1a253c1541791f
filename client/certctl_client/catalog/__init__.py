"""The catalog's kinds: what each has, and how its records are written."""
