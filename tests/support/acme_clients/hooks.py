"""Scripts that set and clear TXT records in the DNS server of the tests, as each client calls them."""

from pathlib import Path

from tests.support.issuing.loopback import ChallengeDns

_DNS = """\
record() {{ # set|clear name [value]
  curl --silent --show-error --fail --output /dev/null \\
    --data "{{\\"host\\": \\"$2.\\", \\"value\\": \\"$3\\"}}" "http://127.0.0.1:{port}/$1-txt"
}}
"""
_CERTBOT = '#!/bin/sh\nset -eu\n{dns}record "$1" "_acme-challenge.$CERTBOT_DOMAIN" "$CERTBOT_VALIDATION"\n'
_DEHYDRATED = """\
#!/bin/sh
set -eu
{dns}case "$1" in
  deploy_challenge) record set "_acme-challenge.$2" "$4" ;;
  clean_challenge) record clear "_acme-challenge.$2" "$4" ;;
esac
"""
_LEGO = """\
#!/bin/sh
set -eu
{dns}case "$1" in
  present) record set "${{2%.}}" "$3" ;;
  cleanup) record clear "${{2%.}}" "$3" ;;
esac
"""
_ACME_SH = '{dns}dns_tests_add() {{ record set "$1" "$2"; }}\ndns_tests_rm() {{ record clear "$1" "$2"; }}\n'


def certbot(dns: ChallengeDns, folder: Path) -> Path:
    """A hook of `--manual-auth-hook` (with the argument `set`) and `--manual-cleanup-hook` (`clear`)."""
    return _script(folder / "certbot-hook", _CERTBOT, dns)


def dehydrated(dns: ChallengeDns, folder: Path) -> Path:
    return _script(folder / "dehydrated-hook", _DEHYDRATED, dns)


def lego(dns: ChallengeDns, folder: Path) -> Path:
    """A program of the provider `exec`."""
    return _script(folder / "lego-hook", _LEGO, dns)


def acme_sh(dns: ChallengeDns, folder: Path) -> Path:
    """A provider, `dns_tests`, which acme.sh finds in `dnsapi` of its home."""
    (folder / "dnsapi").mkdir(parents=True, exist_ok=True)
    return _script(folder / "dnsapi" / "dns_tests.sh", _ACME_SH, dns)


def _script(file: Path, text: str, dns: ChallengeDns) -> Path:
    file.write_text(text.format(dns=_DNS.format(port=dns.management_port)))
    file.chmod(0o755)
    return file
