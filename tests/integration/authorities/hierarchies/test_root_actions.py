"""create_root and its neighbours as administrators invoke them, each call under stack_admin's own policy."""

from typing import Any

import pytest

from certctl.domain.authorities.authorities import object_key
from certctl.domain.authorities.key_specs import KeySpec
from certctl.domain.authorities.states import AuthorityState
from certctl.domain.errors import Conflict, InvalidInput, NotServed
from functions.stack_admin.app import lambda_handler as stack_admin
from tests.support.authorities.hierarchies import ISSUING_KEY, ROOT_KEY, admin, make_root
from tests.support.authorities.pki import Pki
from tests.support.aws.local_kms import LocalKms
from tests.support.functions.lambda_context import Context
from tests.support.status.public_host import PublicHost, unreachable

# together they take ten seconds on a slow machine
pytestmark = pytest.mark.slow

SUBJECT = "CN=RSA Root,O=Example"


def create(host: PublicHost, key: str = ROOT_KEY, spec: KeySpec = KeySpec.RSA_3072) -> dict[str, Any]:
    host.responding.pki.new_key(key, spec)
    return admin(host, "create_root", key_arn=key, subject=SUBJECT)


def test_a_root_is_made_with_its_url_of_ocsp_and_made_once(host: PublicHost) -> None:
    made = create(host)
    assert made == create(host)
    root = host.responding.pki.authorities.get(made["root_id"])
    assert root
    assert (root.state, root.ocsp_url) == (AuthorityState.ACTIVE, made["ocsp_url"])
    assert made["ocsp_url"] == f"http://pki.example.com/ocsp/{root.ca_id}"


def test_it_waits_for_its_responder_and_nothing_may_be_made_below_it(host: PublicHost) -> None:
    host.instead = unreachable
    with pytest.raises(NotServed, match="no such host"):
        create(host)
    (begun,) = (a for a in host.responding.pki.authorities.all() if a.state is AuthorityState.PENDING)
    host.responding.pki.new_key(ISSUING_KEY)
    with pytest.raises(Conflict, match="finish it first, by create_root"):
        admin(host, "rotate", key_arn=ISSUING_KEY, root_id=begun.ca_id)
    host.instead = None
    assert create(host)["root_id"] == begun.ca_id


def test_without_ocsp_a_root_waits_for_no_responder(
    host: PublicHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.support.status.public_host import forget_the_environment

    monkeypatch.setenv("CERTCTL_OCSP", "false")
    forget_the_environment()
    host.instead = unreachable
    assert create(host)["state"] == "active"


@pytest.mark.parametrize(
    ("action", "key", "why"),
    [
        ("create_root", ISSUING_KEY, "must be a key with the tag certctl:root-ca; it has certctl:issuing-ca"),
        ("rotate", ROOT_KEY, "must be a key with the tag certctl:issuing-ca; it has certctl:root-ca"),
        ("create_root", f"{ROOT_KEY}-weak", "is RSA_2048: the key of a root is one of"),
        ("create_root", "alias/root", "an alias may change its key"),
    ],
)
def test_a_key_that_is_not_for_it_is_refused_before_it_signs(
    host: PublicHost, action: str, key: str, why: str
) -> None:
    host.responding.pki.new_key(key, KeySpec.RSA_2048)
    host.responding.kms.signed_with.clear()
    with pytest.raises(InvalidInput, match=f"key_arn: .*{why}"):
        admin(host, action, key_arn=key, subject=SUBJECT)
    assert host.responding.kms.signed_with == []


def test_the_workers_do_not_sign_with_a_root_s_key(host: PublicHost) -> None:
    create(host)
    host.responding.kms.signed_with.clear()
    host.responding.publish()
    assert ROOT_KEY not in host.responding.kms.signed_with
    assert not host.responding.privileges.refused


@pytest.mark.parametrize("root_id", ["ca-none", ""])
def test_an_unknown_root_is_refused_with_those_that_there_are(host: PublicHost, root_id: str) -> None:
    made, first = create(host), host.responding.root
    host.responding.pki.new_key(ISSUING_KEY)
    with pytest.raises(InvalidInput, match=f"root_id: is no root .* {first.ca_id}, {made['root_id']}"):
        admin(host, "rotate", key_arn=ISSUING_KEY, root_id=root_id)


def test_a_csr_for_an_external_root_names_none_of_the_stack(host: PublicHost) -> None:
    host.responding.pki.new_key(ISSUING_KEY)
    with pytest.raises(InvalidInput, match="root_id: "):
        admin(host, "rotate", key_arn=ISSUING_KEY, root_id=host.responding.root.ca_id, csr_only=True)


def test_the_crls_of_all_roots_or_of_one_are_published_by_hand_due_or_not(host: PublicHost) -> None:
    first, second = host.responding.root, make_root(host)
    host.responding.kms.signed_with.clear()
    published = admin(host, "publish_root_crl")["root_crls"]
    assert [(each["ca_id"], each["crl_number"]) for each in published] == [(first.ca_id, 2), (second, 2)]
    assert len(host.responding.kms.signed_with) == 2
    (one,) = admin(host, "publish_root_crl", root_id=second)["root_crls"]
    assert (one["ca_id"], one["crl_number"]) == (second, 3)
    assert host.responding.pki.objects.get(object_key(one["url"]))
    with pytest.raises(InvalidInput, match="is the issuing CA of iss-local"):
        admin(host, "publish_root_crl", root_id=host.responding.authority.ca_id)


def test_the_root_crl_needs_a_root(pki: Pki, kms: LocalKms) -> None:
    with pytest.raises(Conflict, match="initialize"):
        stack_admin({"action": "publish_root_crl"}, Context())


def test_the_root_crl_of_a_stack_with_one_is_signed_with_its_key(pki: Pki, kms: LocalKms) -> None:
    stack_admin({"action": "initialize"}, Context())
    kms.signed_with.clear()
    (published,) = stack_admin({"action": "publish_root_crl"}, Context())["root_crls"]
    assert published["crl_number"] == 2
    assert kms.signed_with == ["arn:root"]


@pytest.mark.parametrize("confirm", [5, ["a", 5], {"a": "b"}, True])
def test_a_confirmation_is_a_text_or_a_list_of_texts(pki: Pki, kms: LocalKms, confirm: object) -> None:
    with pytest.raises(InvalidInput, match="confirm: must be a list of texts"):
        stack_admin({"action": "rotate", "key_arn": ISSUING_KEY, "confirm": confirm}, Context())
