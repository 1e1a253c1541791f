"""What commands and tools know of the fields of records. `make openapi` writes the modules of kinds."""
