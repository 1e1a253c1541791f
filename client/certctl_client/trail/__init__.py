"""The audit trail offline: bundles, seals, and what is wrong with them. Nothing here touches the network."""
