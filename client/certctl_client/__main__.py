"""`python -m certctl_client`."""

from certctl_client.main import run

if __name__ == "__main__":
    run()
