"""The subjects of leaves beside the common name: what a profile fixes or allows, and which values (RFC 5280,
4.1.2.6 and appendix A.1)."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from certctl.domain.notifications.hidden_characters import hidden_character

type SubjectValues = Mapping[str, str]
"""Values by the names of attributes."""


class SubjectAttribute(StrEnum):
    """Attributes of a subject by their short names (RFC 4519), in their order in the subject."""

    COUNTRY = "C"
    STATE = "ST"
    LOCALITY = "L"
    ORGANIZATION = "O"
    UNIT = "OU"
    SERIAL_NUMBER = "serialNumber"


@dataclass(frozen=True)
class SubjectRule:
    """Exactly one of the two. `fixed` is the value of every leaf. `allowed` is a pattern of the values that a
    request may give: `*` is any text, `|` stands between alternatives, and all else is what it is, in that
    case."""

    fixed: str | None = None
    allowed: str | None = None


MOST_PATTERN = 256
_UPPER_BOUNDS: Mapping[str, int] = {
    SubjectAttribute.COUNTRY: 2,
    SubjectAttribute.STATE: 128,
    SubjectAttribute.LOCALITY: 128,
    SubjectAttribute.ORGANIZATION: 64,
    SubjectAttribute.UNIT: 64,
    SubjectAttribute.SERIAL_NUMBER: 64,
}
"""The upper bounds of RFC 5280, in characters."""
PRINTABLE = frozenset({SubjectAttribute.COUNTRY, SubjectAttribute.SERIAL_NUMBER})
"""What is a PrintableString; the others are UTF8String."""
_GROUPS = (SubjectAttribute.ORGANIZATION, SubjectAttribute.UNIT)
_RESERVED = "system:"
_COUNTRY = re.compile(r"[A-Z]{2}")
_PRINTABLE = re.compile(r"[A-Za-z0-9 '()+,./:=?-]+")
_ANY, _OR = "*", "|"
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode's categories of characters that people do not see: controls, formats (bidi among them), surrogates,
private and unassigned ones, line separators."""


def is_allowed(value: str, pattern: str) -> bool:
    """Whether one of the alternatives of the pattern is the whole value, in time linear in its length for
    each part."""
    return any(_matches(value, each.strip()) for each in pattern.split(_OR))


def _matches(value: str, pattern: str) -> bool:
    first, *others = pattern.split(_ANY)
    if not others:
        return value == first
    *between, last = others
    if len(value) < len(first) + len(last) or not value.startswith(first) or not value.endswith(last):
        return False
    return _has_in_order(value[len(first) : len(value) - len(last)], between)


def _has_in_order(text: str, parts: list[str]) -> bool:
    """The leftmost place of each part leaves the most for the next ones: no other has to be tried."""
    at = 0
    for part in parts:
        found = text.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return True


def value_problems(attribute: str, value: str) -> Iterator[str]:
    """Why no leaf may have this value, whatever its profile says."""
    most = _UPPER_BOUNDS[attribute]
    if attribute == SubjectAttribute.COUNTRY and not _COUNTRY.fullmatch(value):
        yield "C is a country's two letters (ISO 3166), such as DE"
    elif not 0 < len(value) <= most:
        yield f"{attribute} has 1 to {most} characters"
    elif attribute in PRINTABLE and not _PRINTABLE.fullmatch(value):
        yield f"{attribute} has letters, digits, spaces and '()+,-./:=? only (PrintableString)"
    yield from _text_problems(attribute, value)
    if is_reserved(attribute, value):
        yield f"{attribute} begins with {_RESERVED}, which is a group of Kubernetes' own"


def _text_problems(attribute: str, value: str) -> Iterator[str]:
    if any(map(_is_invisible, value)):
        yield f"{attribute} has characters that nobody sees: controls, marks of direction or the like"
    if value != value.strip() or any(each.isspace() and each != " " for each in value) or "  " in value:
        yield f"{attribute} has spaces other than single ones between words"
    if not unicodedata.is_normalized("NFC", value):
        yield f"{attribute} is not in Unicode's normal form C"


def is_reserved(attribute: str, value: str) -> bool:
    """Whether it is a group of Kubernetes' own, in any case and any compatible spelling, such as full-width
    letters; invisible characters do not count."""
    if attribute not in _GROUPS:
        return False
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", value).casefold())
    seen = "".join(each for each in text if not each.isspace() and not _is_invisible(each))
    return seen.startswith(_RESERVED)


def _is_invisible(character: str) -> bool:
    return hidden_character(character) is not None or unicodedata.category(character) in _INVISIBLE


def rule_problems(rules: Mapping[str, SubjectRule]) -> Iterator[tuple[str, str]]:
    """Why a profile may not have these rules: (field, reason)."""
    for attribute, rule in rules.items():
        field = f"subject.{attribute}"
        if attribute not in _UPPER_BOUNDS:
            yield "subject", f"{attribute[:80]!a} is not offered: {', '.join(SubjectAttribute)} are"
        elif (rule.fixed is None) == (rule.allowed is None):
            yield field, "needs either fixed or allowed"
        elif rule.fixed is not None:
            yield from ((f"{field}.fixed", reason) for reason in value_problems(attribute, rule.fixed))
        elif rule.allowed is not None:
            yield from ((f"{field}.allowed", reason) for reason in _pattern_problems(attribute, rule.allowed))


def _pattern_problems(attribute: str, pattern: str) -> Iterator[str]:
    if not 0 < len(pattern) <= MOST_PATTERN or not all(map(str.strip, pattern.split(_OR))):
        yield f"has 1 to {MOST_PATTERN} characters, and none of the alternatives between {_OR} is empty"
    if any(map(_is_invisible, pattern)):
        yield "has characters that nobody sees"
    for plain in (each.strip() for each in pattern.split(_OR) if _ANY not in each):
        yield from value_problems(attribute, plain) if plain else ()


def given_problems(rules: Mapping[str, SubjectRule], given: SubjectValues) -> Iterator[tuple[str, str]]:
    """Why a record of this profile may not have these values: (attribute, reason)."""
    for attribute, value in given.items():
        if attribute not in _UPPER_BOUNDS:
            yield attribute[:80], f"{attribute[:80]!a} is not offered: {', '.join(SubjectAttribute)} are"
            continue
        yield from ((attribute, reason) for reason in value_problems(attribute, value))
        yield from ((attribute, reason) for reason in _against(rules.get(attribute), attribute, value))


def _against(rule: SubjectRule | None, attribute: str, value: str) -> Iterator[str]:
    if rule is None:
        yield f"the profile allows no {attribute}"
    elif rule.fixed is not None and value != rule.fixed:
        yield f"the profile fixes {attribute} to {rule.fixed!r}"
    elif rule.allowed is not None and not is_allowed(value, rule.allowed):
        yield f"{value[:80]!r} is no {attribute} that the profile allows: {rule.allowed}"


def subject_of(rules: Mapping[str, SubjectRule], given: SubjectValues) -> dict[str, str]:
    """The values of a leaf in the order of a subject: those that the profile fixes, and those of the record
    that it allows."""
    fixed = {attribute: rule.fixed for attribute, rule in rules.items() if rule.fixed is not None}
    values = {**given, **fixed}
    return {str(each): values[each] for each in SubjectAttribute if each in values and each in rules}
