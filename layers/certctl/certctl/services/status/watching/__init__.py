"""Looks for revocations as relying parties do, and the alerts about what they do not see."""
