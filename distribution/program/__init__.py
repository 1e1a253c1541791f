"""The `certctl` command with an interpreter of its own: a directory for the .deb, and one file."""
