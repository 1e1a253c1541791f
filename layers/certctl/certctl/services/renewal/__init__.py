"""Renewal of certificates: the schedule, its fallback, and the issuers' windows."""
