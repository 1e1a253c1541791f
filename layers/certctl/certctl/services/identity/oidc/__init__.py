"""Sign-in of people with an OpenID Connect provider."""
