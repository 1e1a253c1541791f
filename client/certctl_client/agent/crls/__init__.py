"""CRLs for servers that verify clients: targets of kind CRLBundle."""
