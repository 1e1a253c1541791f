"""What relying parties are told: CRLs."""
