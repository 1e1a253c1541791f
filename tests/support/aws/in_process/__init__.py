"""moto behind the clients of a test: what makes it quick enough for a suite of thousands."""
