"""Certificate revocation lists: fetched from where relying parties fetch them, and checked as they check."""
