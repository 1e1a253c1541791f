"""The text format of Prometheus."""

import re

from hypothesis import given
from hypothesis import strategies as st

from certctl.api.insights.exposition import exposition
from certctl.domain.insights.metrics import Metric, Sample, counter, gauge

_LINE = re.compile(r'(?P<name>[a-z_]+)(?:\{(?P<labels>(?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)+)\})? \S+')


def test_a_metric_has_its_help_its_type_and_its_value() -> None:
    text = exposition(
        [gauge("certctl_job_pending", "Jobs that have not ended.", 3), counter("n_total", "N.", 0)]
    )
    assert text == (
        "# HELP certctl_job_pending Jobs that have not ended.\n"
        "# TYPE certctl_job_pending gauge\n"
        "certctl_job_pending 3\n"
        "# HELP n_total N.\n"
        "# TYPE n_total counter\n"
        "n_total 0\n"
    )


def test_values_keep_their_fractions_and_help_its_lines() -> None:
    assert exposition([gauge("age", "a\\b\nc", 1.5)]).splitlines() == [
        r"# HELP age a\\b\nc",
        "# TYPE age gauge",
        "age 1.5",
    ]


@given(channel=st.text(st.characters(exclude_categories=["Cs"])))
def test_whatever_a_label_holds_the_line_stays_one_line(channel: str) -> None:
    sample = Sample(1, {"channel": channel, "outcome": "delivered"})
    line = exposition([Metric("sends_total", "counter", "Sends.", (sample,))]).split("\n")[2]
    match = _LINE.fullmatch(line)
    assert match is not None
    escaped = re.match(r'channel="((?:[^"\\]|\\.)*)"', match["labels"], re.DOTALL)
    assert escaped is not None
    unescaped = re.sub(r"\\(.)", lambda m: {"n": "\n"}.get(m[1], m[1]), escaped[1])
    assert unescaped == channel
