"""Agents, targets and deployments."""
