"""Finds the certificates that the web servers of this host serve, and moves them to paths of the agent."""
