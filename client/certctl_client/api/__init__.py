"""The server's API: `transport` sends requests, `operations` lists them, `resources` has typed methods."""
