"""What earlier code signed, recorded with that code, for later code to make again."""
