"""Writes the generated modules: `python -m local.record_fields`."""

from local.record_fields.modules import write

write()
