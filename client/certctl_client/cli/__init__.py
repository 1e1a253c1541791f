"""The frame of the command line: what is loaded when, options of every command, and how a command ends."""
