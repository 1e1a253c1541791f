"""One module per group of commands: parse -> one call -> a view for output.py."""
