"""The commands of an agent's host. Two front ends share them: `certctl agent` (Typer,
`commands/agents/host.py`) and `certctl-agent` of the small distribution (argparse, `main.py`)."""
