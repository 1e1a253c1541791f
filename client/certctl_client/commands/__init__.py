"""A module or package for each group of commands: options, one call, and a view of its result."""
