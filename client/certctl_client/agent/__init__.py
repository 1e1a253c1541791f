"""The deployment agent: keys are made on the host that uses them, certificates are put where they serve."""
