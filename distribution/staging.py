"""Lays out each project as it is built: with the licence, without links that lead nowhere on PyPI."""

import re
import shutil
import tomllib
from pathlib import Path

from distribution import agent_modules
from distribution.places import AGENT, BUILD, CLIENT, ROOT

_LINK = re.compile(r"\[([^\]]+)\]\((?!https?://|#)([^)#\s]*)(#[^)\s]*)?\)")
_FILES = ("LICENSE", "NOTICE")


def staged_client(repository: str) -> Path:
    """A copy of client/. `repository` is the address of the public repository, "" if there is none yet."""
    place = _empty(BUILD / "certctl")
    shutil.copytree(
        CLIENT / "certctl_client",
        place / "certctl_client",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    _add_texts(place, CLIENT, repository)
    return place


def staged_agent(repository: str) -> Path:
    """The agent's modules under their own name, beside distribution/agent/pyproject.toml."""
    place = _empty(BUILD / "certctl-agent")
    for path in agent_modules.modules().values():
        target = place / agent_modules.RENAMED / path.relative_to(CLIENT / agent_modules.PACKAGE)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(agent_modules.renamed(path.read_text(encoding="utf-8")), encoding="utf-8")
    (place / agent_modules.RENAMED / "py.typed").touch()
    _add_texts(place, AGENT, repository)
    return place


def with_addresses(readme: str, folder: Path, repository: str) -> str:
    """Relative links become links into the repository, or their text alone."""

    def link(found: re.Match[str]) -> str:
        if not repository:
            return found[1]
        path = (folder / found[2]).resolve().relative_to(ROOT)
        return f"[{found[1]}]({repository}/blob/main/{path}{found[3] or ''})"

    return _LINK.sub(link, readme)


def with_urls(pyproject: str, repository: str) -> str:
    """The project's links, as PyPI shows them."""
    if not repository:
        return pyproject
    urls = {
        "Homepage": repository,
        "Documentation": f"{repository}/tree/main/docs",
        "Changelog": f"{repository}/blob/main/CHANGELOG.md",
        "Issues": f"{repository}/issues",
        "Security": f"{repository}/blob/main/SECURITY.md",
    }
    lines = "".join(f'{name} = "{url}"\n' for name, url in urls.items())
    made = f"{pyproject}\n[project.urls]\n{lines}"
    tomllib.loads(made)
    return made


def _add_texts(place: Path, source: Path, repository: str) -> None:
    pyproject = (source / "pyproject.toml").read_text(encoding="utf-8")
    (place / "pyproject.toml").write_text(with_urls(pyproject, repository), encoding="utf-8")
    readme = (source / "README.md").read_text(encoding="utf-8")
    (place / "README.md").write_text(with_addresses(readme, source, repository), encoding="utf-8")
    for name in _FILES:
        shutil.copy(ROOT / name, place / name)


def _empty(place: Path) -> Path:
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    return place
