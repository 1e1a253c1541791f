"""Agents, their targets and deployments."""
