"""Orders, settlements and revocations at external issuers."""
