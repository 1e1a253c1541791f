"""The prose check finds each word of its list, wherever people read it, and nowhere else."""

import re

import pytest

from local.prose import ROOT, Word, files, findings, read_words, report

WORDS = read_words()
SENTENCE = "It changed meanwhile."


def found(file: str, source: str) -> list[tuple[int, str]]:
    return [(finding.line, finding.found) for finding in findings(WORDS, file, source)]


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.pattern.pattern)
def test_each_pattern_finds_its_example(word: Word) -> None:
    file, text = _place_of(word)
    assert [finding.say for finding in findings([word], file, text)] == [word.say]


def _place_of(word: Word) -> tuple[str, str]:
    """A file, and the source in which it has the word's example."""
    if word.opening:
        return "local/run.py", f'"""{word.example}"""'
    if word.shown:
        in_jsx = "`" not in word.example
        return "dashboard/src/pages/Jobs/Jobs.tsx", f"<p>{word.example}</p>" if in_jsx else word.example
    return "docs/page.md", word.example


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ('"""By name."""', 1),
        ('def all():\n    """As `page`, until the last."""', 2),
        ('class Owner:\n    """\n    Its team."""', 2),
        ('LIMIT = 3\n"""Of one team."""', 2),
    ],
)
def test_docstrings_without_a_subject_are_found(source: str, line: int) -> None:
    assert [at for at, _ in found("tests/unit/test_jobs.py", source)] == [line]


@pytest.mark.parametrize(
    "source",
    ['"""The rows by name. For lists."""', '"""Offers of a provider."""', "# By name.", 'text = "By name."'],
)
def test_words_that_no_docstring_begins_with_may_stand_elsewhere(source: str) -> None:
    assert found("tests/unit/test_jobs.py", source) == []


def test_words_of_the_product_are_found_in_texts_that_the_dashboard_shows_and_nowhere_else() -> None:
    source = (
        'import { whom } from "./somebody";\nconst says = "Somebody has it.";\n<b>\n  Ask somebody.\n</b>\n'
    )

    assert [line for line, _ in found("dashboard/src/app/Page.tsx", source)] == [2, 4]
    assert found("dashboard/src/app/Page.test.tsx", "<b>Ask somebody.</b>") == []
    assert found("docs/page.md", "Ask somebody.") == []


def test_each_exception_names_a_file_that_needs_it() -> None:
    for word in WORDS:
        for file in word.kept:
            assert word.pattern.search((ROOT / file).read_text(encoding="utf-8")), (file, word.pattern)


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ('"""Stores it.\n\nIt changed meanwhile."""', 3),
        ('LIMIT = 3\n"""The row changed meanwhile."""', 2),
        ("limit = 3  # it changed meanwhile", 1),
        ('raise ValueError("it changed meanwhile")', 1),
        ('raise ValueError(f"{name} has changed meanwhile")', 1),
        ("# The record of\n# before.", 1),
    ],
)
def test_python_is_read_in_docstrings_comments_and_messages(source: str, line: int) -> None:
    assert [at for at, _ in found("layers/certctl/certctl/domain/jobs/jobs.py", source)] == [line]


def test_names_and_short_strings_of_python_are_not_read() -> None:
    assert found("local/run.py", 'meanwhile = {"meanwhile": whoever}') == []


def test_messages_of_tests_are_not_read() -> None:
    assert found("tests/unit/test_jobs.py", f'assert detail == "{SENTENCE}"') == []


def test_pages_are_read_without_their_code() -> None:
    page = "# Page\n\n```sh\necho changed meanwhile\n```\n\nThe job `meanwhile` changed\nmeanwhile.\n"

    assert found("docs/page.md", page) == [(8, "meanwhile")]


@pytest.mark.parametrize("file", ["dashboard/src/pages/Jobs/Jobs.tsx", "template.yaml"])
def test_the_dashboard_and_the_templates_are_read_by_line(file: str) -> None:
    assert found(file, f"first:\n{SENTENCE}\n") == [(2, "meanwhile")]


def test_a_word_is_found_across_a_line_break() -> None:
    assert found("docs/page.md", "The row tells\nof the alert.") == [(1, "tells of")]


def test_everything_that_people_read_is_looked_at() -> None:
    read = set(files())

    assert {"README.md", "CONTRIBUTING.md", "template.yaml", "local/prose.py", "client/README.md"} <= read
    assert "CHANGELOG.md" not in read


def test_a_finding_fails_the_check(capsys: pytest.CaptureFixture[str]) -> None:
    word = Word(re.compile("vulnerabilities", re.IGNORECASE), "faults", "", frozenset())

    assert report([word], ["CONTRIBUTING.md"]) == 1
    assert "CONTRIBUTING.md:3: “Vulnerabilities”: faults" in capsys.readouterr().out
    assert report([word], ["NOTICE"]) == 0
