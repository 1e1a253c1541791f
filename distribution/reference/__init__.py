"""docs/commands and the man pages, made from the commands themselves."""
