"""The catalog's kinds: their fields, and how their records are written."""
