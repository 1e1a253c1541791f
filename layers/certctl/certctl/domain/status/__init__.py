"""Certificate status for relying parties: CRLs."""
