"""API keys in a unit of work, and who may write what makes administrators."""
