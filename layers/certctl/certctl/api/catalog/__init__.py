"""Owners, teams, issuers, profiles, targets and policies as records."""
