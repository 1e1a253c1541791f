"""Work that a worker or an agent does: what it is, who requested it, and who approves it."""
