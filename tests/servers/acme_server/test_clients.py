"""Real ACME clients and the whole stack over HTTPS, each function held to its own IAM role. Requests of
clients that cannot run here are sent as their sources send them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.acme_clients import pages
from tests.support.acme_clients.acme_sh import AcmeSh
from tests.support.acme_clients.caddy import Caddy
from tests.support.acme_clients.certbot import Certbot
from tests.support.acme_clients.dehydrated import Dehydrated
from tests.support.acme_clients.lego import Lego
from tests.support.acme_clients.raw import RawClient, dns_names, new_key
from tests.support.acme_clients.sites import Proof
from tests.support.acme_clients.stack_site import StackSite, running_stack
from tests.support.acme_clients.transcripts import cert_manager, traefik
from tests.support.acme_clients.verifying import Leaf, leaf, verified

# The start of the stack, which the first test waits for, has a limit of its own.
pytestmark = pytest.mark.timeout(180, func_only=True)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackSite]:
    with running_stack(tmp_path_factory.mktemp("acme")) as running:
        yield running


def dns(*names: str) -> frozenset[str]:
    return frozenset(f"DNS:{name}" for name in names)


def written(folder: Path, chain: str) -> Leaf:
    file = folder / "chain.pem"
    file.write_text(chain)
    return leaf(file)


# certbot


def test_certbot_proves_a_name_and_renews_when_renewal_information_says_so(
    server: StackSite, tmp_path: Path
) -> None:
    certbot = Certbot(server.site, server.proved, tmp_path)

    first = verified(certbot.obtain(Proof.HTTP, "www.proved.example", "api.proved.example"), server.root)
    (record,) = server.records(server.proved, "www.proved.example")
    revoked = server.stack.call(
        "POST", f"/api/v1/certificates/{record['id']}/revoke", {"reason": "superseded"}
    )
    certbot.renew()
    second = leaf(certbot.versions()[-1])

    assert first.names == dns("www.proved.example", "api.proved.example")
    assert revoked.status_code == 200
    assert second.names == first.names
    assert second.serial != first.serial
    assert [server.status(each) for each in (first, second)] == ["revoked", "good"]
    assert "/acme/renewal-info/" in certbot.log()
    assert "certificate is revoked" not in certbot.log()  # OCSP: its second reason


def test_certbot_proves_a_wildcard_revokes_it_and_deactivates_its_account(
    server: StackSite, tmp_path: Path
) -> None:
    certbot = Certbot(server.site, server.proved, tmp_path)

    issued = verified(certbot.obtain(Proof.DNS, "*.proved.example", "proved.example"), server.root)
    certbot.revoke("superseded")
    account = certbot.account_url()
    certbot.unregister()

    assert issued.names == dns("*.proved.example", "proved.example")
    assert server.status(issued) == "revoked"
    assert server.account(account)["status"] == "deactivated"


def test_certbot_has_a_certificate_for_an_address_and_revokes_it_by_its_key(
    server: StackSite, tmp_path: Path
) -> None:
    certbot = Certbot(server.site, server.proved, tmp_path)

    issued = certbot.obtain(Proof.HTTP, ip_addresses=("127.0.0.1",))
    address = verified(issued, server.root)
    certbot.revoke_by_key(issued)

    assert address.names == {"IP Address:127.0.0.1"}
    assert server.status(address) == "revoked"


def test_certbot_shows_why_a_name_is_refused(server: StackSite, tmp_path: Path) -> None:
    certbot = Certbot(server.site, server.trusted, tmp_path)

    with pytest.raises(AssertionError) as refused:
        certbot.obtain(Proof.TRUSTED, "www.elsewhere.example")

    assert "www.elsewhere.example" in str(refused.value)


# lego, dehydrated, acme.sh


@pytest.mark.parametrize("proof", [Proof.HTTP, Proof.TLS_ALPN])
def test_lego_proves_a_name_renews_and_revokes(server: StackSite, tmp_path: Path, proof: Proof) -> None:
    lego, name = Lego(server.site, server.proved, tmp_path), f"lego-{proof}.proved.example"

    first = verified(lego.obtain(proof, name), server.root)
    second = verified(lego.renew(proof, name, reuse_key=True), server.root)
    lego.revoke(name)

    (record,) = server.records(server.proved, name)
    assert first.names == second.names == dns(name)
    assert [server.status(each) for each in (first, second)] == ["good", "revoked"]
    assert record["acme"]["eab_key_id"] == server.proved.key_id


def test_lego_proves_a_wildcard(server: StackSite, tmp_path: Path) -> None:
    lego = Lego(server.site, server.proved, tmp_path)

    issued = lego.obtain(Proof.DNS, "*.lego.proved.example")

    assert verified(issued, server.root).names == dns("*.lego.proved.example")


def test_dehydrated_proves_a_wildcard_revokes_it_and_deactivates_its_account(
    server: StackSite, tmp_path: Path
) -> None:
    dehydrated = Dehydrated(server.site, server.proved, tmp_path)
    names = ("*.dehydrated.proved.example", "dehydrated.proved.example")

    issued = verified(dehydrated.obtain(Proof.DNS, *names), server.root)
    dehydrated.revoke()
    dehydrated.deactivate()

    assert issued.names == dns(*names)
    assert server.status(issued) == "revoked"
    assert server.account(dehydrated.account_url())["status"] == "deactivated"


def test_dehydrated_proves_a_name_and_an_address(server: StackSite, tmp_path: Path) -> None:
    dehydrated = Dehydrated(server.site, server.proved, tmp_path)

    issued = dehydrated.obtain(Proof.HTTP, "names.proved.example", "ip:127.0.0.1")

    assert verified(issued, server.root).names == {"DNS:names.proved.example", "IP Address:127.0.0.1"}


def test_acme_sh_proves_a_wildcard_and_renews_with_the_same_key(server: StackSite, tmp_path: Path) -> None:
    acme_sh, names = (
        AcmeSh(server.site, server.proved, tmp_path),
        ("sh.proved.example", "*.sh.proved.example"),
    )

    first = acme_sh.obtain(Proof.DNS, *names)
    key, before = first.key.read_text(), verified(first, server.root)
    after = verified(acme_sh.renew(names[0]), server.root)
    acme_sh.revoke(names[0])
    acme_sh.deactivate()

    assert first.key.read_text() == key
    assert before.names == after.names == dns(*names)
    assert [server.status(each) for each in (before, after)] == ["good", "revoked"]


# Caddy


@pytest.mark.parametrize("proof", [Proof.HTTP, Proof.TLS_ALPN])
def test_caddy_proves_a_name_and_serves_https_with_its_certificate(
    server: StackSite, tmp_path: Path, proof: Proof
) -> None:
    caddy, name = Caddy(server.site, server.proved, tmp_path), f"caddy-{proof}.proved.example"

    with caddy.serving(proof, name) as issued:
        assert verified(issued, server.root).names == dns(name)
        assert caddy.handshake(name, server.root)


# What docs/acme-server.md says, with a trusted EAB key


@pytest.mark.parametrize("section", ["certbot", "lego", "dehydrated", "acmesh"])
def test_the_commands_of_the_page_run_without_challenges(
    server: StackSite, tmp_path: Path, section: str
) -> None:
    pages.run(section, server, tmp_path)

    assert server.records(server.trusted, pages.NAME)


def test_the_caddyfile_of_the_page_serves_https_without_challenges(server: StackSite, tmp_path: Path) -> None:
    caddy = Caddy(server.site, server.trusted, tmp_path)

    with caddy.serving_caddyfile(pages.caddyfile(server), pages.NAME, pages.variables(server)) as issued:
        assert verified(issued, server.root).names == dns(pages.NAME)
        assert caddy.handshake(pages.NAME, server.root)


# Requests of cert-manager and Traefik, and what no client here does


def test_cert_manager_finds_its_account_again_without_a_binding(server: StackSite, tmp_path: Path) -> None:
    client = cert_manager.registered(server.site, server.trusted)
    again = cert_manager.registered(server.site, server.trusted, client.key)
    known = cert_manager.known(server.site, client.key)

    chain, _ = cert_manager.issued(known, "cm.trusted.example", "*.cm.trusted.example")

    assert again.account == known.account == client.account
    assert written(tmp_path, chain).names == dns("cm.trusted.example", "*.cm.trusted.example")


def test_an_unknown_key_is_told_that_it_has_no_account(server: StackSite) -> None:
    client = RawClient.starting(server.site)

    answer = client.by_key("newAccount", {"onlyReturnExisting": True})

    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:ietf:params:acme:error:accountDoesNotExist"


def test_traefik_renews_with_the_key_of_its_first_certificate(server: StackSite, tmp_path: Path) -> None:
    client, key = traefik.registered(server.site, server.trusted), new_key()

    first = traefik.issued(client, key, "traefik.trusted.example")
    cert_id = traefik.cert_id(first)
    information = traefik.renewal_information(client, cert_id)
    second = traefik.issued(client, key, "traefik.trusted.example", replaces=cert_id)

    (record,) = server.records(server.trusted, "traefik.trusted.example")
    assert set(information.json()["suggestedWindow"]) == {"start", "end"}
    assert re.fullmatch(r"\d+", information.headers["Retry-After"])
    assert written(tmp_path, second).serial == record["serial_number"]
    assert written(tmp_path, first).serial != record["serial_number"]


def test_an_account_goes_on_with_another_key(server: StackSite, tmp_path: Path) -> None:
    client, new = traefik.registered(server.site, server.trusted), new_key()
    old = RawClient.starting(server.site, client.key)

    changed = client.change_key(new)
    client.key = new
    chain = traefik.issued(client, new_key(), "changed.trusted.example")

    assert changed.status_code == 200, changed.text
    assert written(tmp_path, chain).names == dns("changed.trusted.example")
    assert old.by_key("newAccount", {"onlyReturnExisting": True}).status_code == 400


def test_a_deactivated_account_orders_nothing(server: StackSite) -> None:
    client = traefik.registered(server.site, server.trusted)

    ended = client.by_account(client.account, {"status": "deactivated"})
    refused = client.by_account(client.directory["newOrder"], {"identifiers": dns_names("a.trusted.example")})

    assert ended.json()["status"] == "deactivated"
    assert refused.status_code == 401
    assert server.account(client.account)["status"] == "deactivated"
