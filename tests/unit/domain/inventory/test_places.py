import pytest

from certctl.domain.errors import InvalidInput
from certctl.domain.inventory.places import PlaceKind, parse_place


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("file:/etc/ssl/site.pem#0", PlaceKind.FILE),
        ("tls:www.example.com:443/www.example.com", PlaceKind.TLS),
        ("arn:aws:acm:eu-central-1:1:certificate/2", PlaceKind.AWS),
        ("k8s:default/tls", PlaceKind.KUBERNETES),
        ("upload:bundle.pem#3", PlaceKind.UPLOAD),
    ],
)
def test_a_place_has_a_kind_and_a_key(text: str, kind: PlaceKind) -> None:
    place = parse_place(text)
    assert (place.kind, place.text) == (kind, text)
    assert len(place.key) == 32


@pytest.mark.parametrize("text", ["", "file:", "ftp:/x", "/etc/ssl", "file:" + "x" * 1000])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="a place is"):
        parse_place(text)


def test_control_characters_of_a_path_are_shown_and_not_kept() -> None:
    assert parse_place("file:/tmp/\x1b[31m\u202e.pem#0").text == "file:/tmp/\\u{1b}[31m\\u{202e}.pem#0"


def test_files_have_a_directory() -> None:
    assert parse_place("file:/etc/ssl/archive/cert1.pem#0").directory == "file:/etc/ssl/archive"
    assert parse_place("k8s:default/tls").directory is None
