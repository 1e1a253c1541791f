"""Normalises search terms, and the texts that certificates are found by, to one spelling."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from certctl.domain.certificates.certificates import Certificate

MAX_STARTS = 40
"""Labels and parts of labels of one name. A reverse name in ip6.arpa has 34."""
LEAST_DIGITS = 8
"""The shortest prefix of a serial or a fingerprint; shorter input must equal the whole serial."""
_FINGERPRINT_DIGITS = 64
# A letter or digit preceded neither by one nor by a hyphen: the beginning of a label or word.
_START = re.compile(r"(?<![\w-])\w")
# The beginning of a part of a label: `0042` of `svc-0042`.
_INNER_START = re.compile(r"(?<=[-_])[^\W_]")
_ADDRESS = re.compile(r"[0-9.]+|[0-9a-f.]*:[0-9a-f.:]+")
_HEXADECIMAL = re.compile(rf"[0-9a-f]{{1,{_FINGERPRINT_DIGITS}}}")
_DECIMAL = re.compile(r"[0-9]{10,48}")
# Of `openssl x509 -serial`, `-fingerprint` and `-text`, of browsers, and of SSH and container tools.
_CAPTION = re.compile(r"(serial( number)?|sha-?256( fingerprint)?) ?[:=] ?")
_SEPARATORS = str.maketrans("", "", ": -")
_NAME_CAPTION = re.compile(r"(dns ?:|cn ?=) ?")
_LOCATION = re.compile(r"https?://(?:[^/?#]*@)?(?P<host>[^/?#@]+?)(?::\d*)?(?:[/?#].*)?")
_HOST_AND_PORT = re.compile(r"(?P<host>[\w.-]+\.[\w-]+):\d{1,5}")


@dataclass(frozen=True)
class SearchTerm:
    """A parsed search. `text` begins a name, a word or a tag. `digits` are hexadecimal, empty if the input is
    not; `decimal_serial` is the serial in hexadecimal if the input can be decimal, else empty."""

    text: str
    digits: str
    decimal_serial: str

    @property
    def serial(self) -> str:
        return serial_token(self.digits)

    @property
    def is_beginning(self) -> bool:
        return len(self.digits) >= LEAST_DIGITS


def sought(typed: str) -> SearchTerm:
    """Parses any input; one that can match nothing finds nothing."""
    text = folded(_visible(typed))
    number = _CAPTION.sub("", text, count=1)
    digits = number.translate(_SEPARATORS).removeprefix("0x")
    return SearchTerm(
        text=_host_in(_NAME_CAPTION.sub("", text, count=1)),
        digits=digits if _HEXADECIMAL.fullmatch(digits) else "",
        decimal_serial=f"{int(number):x}" if _DECIMAL.fullmatch(number) and number.isascii() else "",
    )


def _visible(typed: str) -> str:
    """The text without format characters: Windows puts one before each fingerprint that is copied from it."""
    return "".join(letter for letter in typed if unicodedata.category(letter) != "Cf")


def _host_in(text: str) -> str:
    """The host of a URL or of `host:port`; any other text unchanged."""
    location = _LOCATION.fullmatch(text) or _HOST_AND_PORT.fullmatch(text)
    return folded(location["host"].strip("[]")) if location else text


def folded(text: str) -> str:
    """Normalises case, width, surplus space, and dots around a name."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(plain.split()).strip(".")


def serial_token(serial: str) -> str:
    """The serial without leading zeros, which people omit or add."""
    return serial.lstrip("0")


def texts_of(certificate: Certificate) -> frozenset[str]:
    """The suffixes from each beginning of a label, of a part of a label, or of a word; ids and tags from
    their own beginning only."""
    return label_texts_of(certificate) | _inner_texts(_spelt(certificate))


def texts_of_names(names: Iterable[str]) -> frozenset[str]:
    """The same for the names of a certificate that has no record."""
    spelt = [form for name in names for form in _forms(name)]
    return frozenset(filter(None, (start for text in spelt for start in _starts(text)))) | _inner_texts(spelt)


def _inner_texts(spelt: Iterable[str]) -> frozenset[str]:
    return frozenset(filter(None, (start for text in spelt for start in _inner_starts(text))))


def label_texts_of(certificate: Certificate) -> frozenset[str]:
    """The texts that begin with a whole label or word."""
    whole = (certificate.id, *(f"{key}={value}" for key, value in certificate.tags.items()))
    started = (start for text in _spelt(certificate) for start in _starts(text))
    return frozenset(filter(None, (*map(folded, whole), *started)))


def _spelt(certificate: Certificate) -> tuple[str, ...]:
    forms = (form for name in certificate.search_names for form in _forms(name))
    return (*forms, certificate.name)


def _forms(name: str) -> tuple[str, ...]:
    return (name, _in_unicode(name)) if "xn--" in name else (name,)


def _in_unicode(name: str) -> str:
    return re.sub(r"xn--([a-z0-9-]+)", lambda label: _decoded(label[1]), name)


def _decoded(label: str) -> str:
    try:
        return label.encode().decode("punycode")
    except UnicodeError:
        return f"xn--{label}"


def _starts(text: str) -> list[str]:
    plain = folded(text)
    return [plain] if _ADDRESS.fullmatch(plain) else [plain[place:] for place in _places(plain)]


def _places(plain: str) -> list[int]:
    return [0, *(match.start() for match in _START.finditer(plain) if match.start() > 0)][:MAX_STARTS]


def _inner_starts(text: str) -> list[str]:
    """The parts that the labels leave room for. An A-label has none that a person knows."""
    plain = folded(text)
    if "xn--" in plain or _ADDRESS.fullmatch(plain):
        return []
    room = MAX_STARTS - len(_places(plain))
    return [plain[match.start() :] for match in _INNER_START.finditer(plain)][:room]
