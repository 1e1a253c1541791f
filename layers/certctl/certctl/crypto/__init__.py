"""X.509 work: CSR checks, issuing, CRLs, fingerprints. Pure but for the injected signer."""
