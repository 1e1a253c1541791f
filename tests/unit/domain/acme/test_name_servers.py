"""How a deployment names name servers."""

import pytest

from certctl.domain.acme.name_servers import NameServer, name_servers


def test_name_servers_are_addresses_with_or_without_ports() -> None:
    assert name_servers(["10.0.0.2", "10.0.0.2:5353", "fd00::2", "[fd00::2]:54"]) == (
        NameServer("10.0.0.2"),
        NameServer("10.0.0.2", 5353),
        NameServer("fd00::2"),
        NameServer("fd00::2", 54),
    )


@pytest.mark.parametrize(
    "text", ["ns.example.com", "10.0.0.2:", "10.0.0:53", "10.0.0.2:0", "10.0.0.2:65536", ""]
)
def test_a_name_server_without_an_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not an address|has a port"):
        name_servers([text])
