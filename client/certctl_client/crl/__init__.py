"""Certificate revocation lists, fetched and checked as relying parties do."""
