"""The rate of an import."""

from dataclasses import dataclass

from certctl_client.importing.sending import Pace


@dataclass
class _Time:
    """A clock that moves when somebody sleeps."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def _seconds_of(chunks: list[int], seconds_each: float) -> float:
    """How long chunks that write so many rows take together, up to the beginning of the last."""
    time = _Time()
    pace = Pace(time, time.sleep)
    begins = list[float]()
    for rows in chunks:
        pace.wait()
        begins.append(time.now)
        time.now += seconds_each
        pace.began(rows, begins[-1])
    return begins[-1] - begins[0]


def test_an_import_writes_at_most_300_rows_a_second() -> None:
    assert _seconds_of([300, 150, 300, 1], 0.1) == 2.5


def test_what_is_slower_or_writes_nothing_does_not_wait() -> None:
    assert _seconds_of([300, 300, 1], 2.0) == 4.0
    assert _seconds_of([0, 0, 0], 0.0) == 0.0
