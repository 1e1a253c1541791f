"""`python -m certctl_client.agent.program`."""

from certctl_client.agent.program.main import run

if __name__ == "__main__":
    run()
