"""The inventory: certificates of others, imports and reports."""
