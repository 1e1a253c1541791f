"""Each kind of credential, with each role, on each route, with ids of its own team and of another."""
