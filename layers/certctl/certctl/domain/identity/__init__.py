"""People and machines: their accounts, how they sign in, and the tokens and sessions that this gives them."""
