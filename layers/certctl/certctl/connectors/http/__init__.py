"""Outbound HTTP through the one adapter (ADR 18)."""
