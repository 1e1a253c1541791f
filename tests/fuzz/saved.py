"""Odd inputs that are kept: those that people thought of, and what fuzzing found."""

from pathlib import Path

from tests.fuzz.targets import TARGETS, timed

CORPUS = Path(__file__).resolve().parent / "corpus"


def saved(target: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted((CORPUS / target).iterdir())]


def replay(target: str) -> None:
    """Raises what the first of them finds."""
    for data in saved(target):
        timed(TARGETS[target], data)
