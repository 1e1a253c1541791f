"""Writes what follows from the fields of records (docs/adr/0052): `make openapi` runs it."""
