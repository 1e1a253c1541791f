"""X.509: CSR checks, issuing, CRLs, fingerprints. Pure except for the injected signer."""
