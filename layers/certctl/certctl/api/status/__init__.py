"""Certificate status for relying parties: CRLs and OCSP."""
