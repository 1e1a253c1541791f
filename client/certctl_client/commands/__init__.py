"""A module or a room for each group of commands: parse options, make one call, show a view of the result."""
