"""What options and files make of catalog records."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from certctl_client.catalog.bodies import edited_body, new_body, read_record
from certctl_client.catalog.fields import certificate_policies, key_rules, seconds, settings
from certctl_client.catalog.kinds import KINDS
from certctl_client.errors import ConfigurationError

_TEAM = {
    "id": "t-1",
    "name": "Shop",
    "version": 7,
    "created_at": "2026-11-24T13:00:00Z",
    "updated_at": "2026-11-24T13:00:00Z",
    "description": "",
    "email": None,
}


def test_every_kind_has_an_option_for_each_field_that_may_be_written() -> None:
    for kind in KINDS.values():
        written = set(kind.operations.body.__annotations__) - {"id", "version"}
        assert {field.record_field for field in kind.fields} == written, kind.path


def test_several_options_make_the_subject_of_a_profile_and_keep_what_they_do_not_name() -> None:
    before = {"O": {"fixed": "A", "allowed": None}, "L": {"fixed": None, "allowed": "b*"}}
    typed = {"subject": ["O=", "C=DE"], "allowed_subject": ["OU=a=b|c"]}

    body, _ = edited_body(KINDS["profiles"], {**_TEAM, "subject": before}, None, typed)

    assert body["subject"] == {"L": before["L"], "C": {"fixed": "DE"}, "OU": {"allowed": "a=b|c"}}


def test_a_policy_is_an_oid_and_the_url_of_its_statement() -> None:
    assert certificate_policies(["1.2.3", "1.2.4=https://a.example/?b=c", ""], None) == [
        {"oid": "1.2.3", "cps_uri": None},
        {"oid": "1.2.4", "cps_uri": "https://a.example/?b=c"},
    ]


def test_a_field_without_words_of_its_own_has_an_option_of_its_name() -> None:
    kind = replace(KINDS["renewal-policies"], worded=())

    option = next(field for field in kind.fields if field.name == "max_retries")

    assert (option.option, option.help) == ("--max-retries", "Max retries.")
    assert {field.name for field in kind.fields} == {each.name for each in KINDS[kind.path].fields}


def test_settings_are_json_or_text_and_the_others_stay() -> None:
    typed = ["region=eu-west-1", "max_days=47", 'command=["nginx","-t"]', "old=", "a=b=c"]
    assert settings(typed, {"old": 1, "kept": True}) == {
        "kept": True,
        "region": "eu-west-1",
        "max_days": 47,
        "command": ["nginx", "-t"],
        "a": "b=c",
    }


@pytest.mark.parametrize("text", ["region", "=x", ""])
def test_a_setting_without_name_or_value_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError):
        settings([text], None)


def test_keys_are_an_algorithm_and_sizes() -> None:
    assert key_rules(["RSA:3072,4096", "Ed25519", ""], None) == [
        {"algorithm": "RSA", "sizes": [3072, 4096]},
        {"algorithm": "Ed25519", "sizes": []},
    ]


def test_a_lifetime_is_a_span() -> None:
    assert seconds("47d", None) == 47 * 86_400


def test_an_edit_is_the_record_as_it_was_with_what_was_given() -> None:
    body, version = edited_body(KINDS["teams"], _TEAM, None, {"email": ""})
    assert body == {"id": "t-1", "name": "Shop", "description": "", "email": None}
    assert version == 7


def test_a_file_is_all_that_the_record_shall_be_and_says_what_version_it_was_made_from(
    tmp_path: Path,
) -> None:
    file = tmp_path / "team.json"
    file.write_text('{"name": "Web", "version": 3, "created_at": "x", "colour": "red"}')
    body, version = edited_body(KINDS["teams"], _TEAM, file, {"description": "d"})
    assert (body, version) == ({"name": "Web", "colour": "red", "description": "d"}, 3)
    assert new_body(KINDS["teams"], file, {}) == {"name": "Web", "colour": "red"}


@pytest.mark.parametrize("version", ["new", 1.5, None])
def test_a_version_that_is_no_number_is_refused(version: Any, tmp_path: Path) -> None:
    file = tmp_path / "team.yaml"
    file.write_text(f"name: Web\nversion: {version}\n")
    with pytest.raises(ConfigurationError):
        edited_body(KINDS["teams"], _TEAM, file, {})


def test_what_is_missing_is_named_by_its_option() -> None:
    with pytest.raises(ConfigurationError) as refused:
        new_body(KINDS["policies"], None, {"name": "x", "type": "AllowedDomains"})
    assert refused.value.message == "config, severity must be given."
    assert refused.value.next_step == "Give --setting and --severity, or --from-file."


def test_a_fault_of_a_file_has_its_line_and_column(tmp_path: Path) -> None:
    file = tmp_path / "team.yaml"
    file.write_text("name: Shop\nemail: a: b\n")
    with pytest.raises(ConfigurationError) as refused:
        read_record(file)
    assert refused.value.message.endswith("line 2, column 9: mapping values are not allowed here")
