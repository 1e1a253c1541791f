"""Offline verification of the audit trail: bundles, seals, and their faults. Makes no requests."""
