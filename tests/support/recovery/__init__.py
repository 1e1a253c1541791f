"""Who must be out after a restore."""
