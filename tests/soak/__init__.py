"""The soak: the whole local stack under mixed load, faults and kills, and a check of all that is left."""
