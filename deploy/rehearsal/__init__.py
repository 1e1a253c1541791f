"""`make rehearse`: a stack from its first deploy to what stays of it, with the Makefile's commands."""
