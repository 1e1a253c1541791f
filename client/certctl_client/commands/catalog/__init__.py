"""The groups of the catalog: issuers, targets, owners and the others."""
