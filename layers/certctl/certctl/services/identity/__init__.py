"""Who calls: sign-in, sessions, token exchange, and the accounts of people and machines."""
