"""The load: actors, each with its own random numbers, that do what people, agents and clients do."""
