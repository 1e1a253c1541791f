"""`make smoke`: tries a deployed stack from outside."""
