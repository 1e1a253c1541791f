"""The blocks of docs/acme-server.md, run as they stand."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.support.acme_clients.programs import environment, require, require_certbot
from tests.support.acme_clients.stack_site import StackSite
from tests.support.docs.pages import Block, all_blocks
from tests.support.docs.shell import typed

PAGE = "docs/acme-server.md"
NAME = "www.web.example.com"
_SECONDS = 120
# certbot writes below /etc and /var otherwise, which only root may.
_CERTBOT = '#!/bin/sh\nexec {certbot} "$@" --config-dir etc --work-dir var --logs-dir log\n'
_PROGRAMS = {"certbot": "certbot", "lego": "lego", "dehydrated": "dehydrated", "acmesh": "acme.sh"}


def run(section: str, server: StackSite, folder: Path) -> None:
    """Runs the commands of a section in one shell. A block without commands is the file `config`."""
    blocks = _blocks(section)
    for block in blocks:
        if not block.has_commands:
            (folder / "config").write_text(block.text)
    commands = [command for block in blocks if block.has_commands for command in typed(block)]
    path = f"{_programs(section, folder)}:/usr/sbin:/usr/bin:/sbin:/bin"
    done = subprocess.run(
        ["bash", "-eu", "-c", "\n".join(commands)],
        cwd=folder,
        env=environment(folder, {**variables(server), "PATH": path}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=_SECONDS,
    )
    assert done.returncode == 0, done.stdout[-6000:]


def variables(server: StackSite) -> Mapping[str, str]:
    """What the page exports before its blocks."""
    return {
        "ACME_DIRECTORY": server.site.directory_url,
        "ACME_ROOT": str(server.root),
        "EAB_KID": server.trusted.key_id,
        "EAB_HMAC_KEY": server.trusted.secret,
    }


def caddyfile(server: StackSite) -> str:
    """The block of the page, with ports that anyone may open."""
    (block,) = _blocks("caddy")
    ports = f"http_port {server.site.http_port}\n\thttps_port {server.site.tls_port}\n\tadmin off"
    return block.text.replace("{\n", f"{{\n\t{ports}\n\tauto_https disable_redirects\n", 1)


def _blocks(section: str) -> list[Block]:
    found = [block for block in all_blocks() if block.place == f"{PAGE}#{section}"]
    assert found
    return found


def _programs(section: str, folder: Path) -> Path:
    programs = folder / "bin"
    programs.mkdir()
    if section == "certbot":
        (programs / "certbot").write_text(_CERTBOT.format(certbot=require_certbot()))
        (programs / "certbot").chmod(0o755)
    else:
        (programs / _PROGRAMS[section]).symlink_to(require(_PROGRAMS[section]))
    return programs
