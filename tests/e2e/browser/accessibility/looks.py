"""A page and what is open on it, as three screens show it: wide and light, wide and dark, a phone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from playwright.sync_api import Page

from tests.e2e.browser.axe import faults, faults_of_colours
from tests.e2e.browser.pages import settle


@dataclass(frozen=True)
class Look:
    """Size in CSS pixels, and the colour scheme that the browser asks for."""

    width: int
    height: int
    scheme: Literal["light", "dark"]

    def __str__(self) -> str:
        return f"{self.width} {self.scheme}"


LOOKS = (Look(1280, 800, "light"), Look(1280, 800, "dark"), Look(390, 844, "light"))


def faults_of_all_looks(page: Page) -> dict[str, list[str]]:
    """What axe finds and what is wider than the window, by look; looks without a fault are left out. The page
    stays in the first look."""
    found = {str(look): _faults_in(page, look) for look in _each_look(page)}
    _show(page, LOOKS[0])
    return {look: rules for look, rules in found.items() if rules}


def _faults_in(page: Page, look: Look) -> list[str]:
    return [*(faults_of_colours(page) if look.scheme == "dark" else faults(page)), *_cut_off(page, look)]


def _cut_off(page: Page, look: Look) -> list[str]:
    width: int = page.evaluate("document.documentElement.scrollWidth")
    return [f"scrolls sideways: {width} px"] if width > look.width else []


def _each_look(page: Page) -> Iterator[Look]:
    for look in LOOKS:
        _show(page, look)
        settle(page)
        yield look


def _show(page: Page, look: Look) -> None:
    page.set_viewport_size({"width": look.width, "height": look.height})
    page.emulate_media(color_scheme=look.scheme, reduced_motion="reduce")
    # The page follows by itself, a moment later: axe would read a colour of each scheme.
    page.wait_for_function(
        "wanted => document.documentElement.dataset.mantineColorScheme === wanted", arg=look.scheme
    )
