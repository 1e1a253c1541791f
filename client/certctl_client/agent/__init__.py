"""The deployment agent: generates keys on the host that uses them, and installs certificates there."""
