"""URLs that must never cause a connection. `PORT` is replaced by the canary's port. `HOSTILE_URLS` are
refused whatever DNS returns. `HOSTILE_ANSWERS` are harmless names with hostile addresses."""

# Characters that look like others are the point here, and a column of addresses reads better than a list.
# ruff: noqa: RUF001, SIM905

import socket
from collections.abc import Iterator
from ipaddress import IPv4Address

PUBLIC = "93.184.216.34"


def _odd_spellings(dotted: str) -> Iterator[str]:
    """Spellings that inet_aton, browsers or lenient parsers read as the same IPv4 address."""
    whole, parts = int(IPv4Address(dotted)), [int(part) for part in dotted.split(".")]
    a, b, c, d = parts
    yield from (str(whole), hex(whole), hex(whole).upper().replace("X", "x"), f"0{whole:o}", f"0x0{whole:x}")
    yield from (f"{a}.{whole & 0xFFFFFF}", f"{a}.{b}.{whole & 0xFFFF}", f"{a:#x}.{whole & 0xFFFFFF}")
    yield ".".join(f"{part:#x}" for part in parts)
    yield ".".join(f"0{part:o}" for part in parts)
    yield ".".join(f"{part:03d}" for part in parts)
    yield f"0{a:o}.{b}.{c}.{d}"
    yield f"{a:#x}.{b}.0{c:o}.{d}"
    yield f"{a}.{b}.{c}.{d}."
    yield f"{a}.{b}.{c}.{d}.."
    yield f"{a}.{b}.{c}.{d + 256}"
    yield str(whole + 2**32)
    yield f"%{ord(dotted[0]):x}{dotted[1:]}"
    yield dotted.replace(".", "。")
    yield dotted.translate({ord(digit): ord(digit) - ord("0") + ord("０") for digit in "0123456789"})


_SPELLED = [
    f"https://{spelling}:PORT/"
    for dotted in ("127.0.0.1", "169.254.169.254", "10.0.0.1", "192.168.1.1")
    for spelling in _odd_spellings(dotted)
    if spelling != dotted
]

_V4 = """
127.0.0.1 127.0.0.2 127.1.1.1 127.255.255.254 0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1
100.100.100.200 100.127.255.254 169.254.0.1 169.254.169.254 169.254.170.2 169.254.170.23 172.16.0.1
172.31.255.254 192.0.0.1 192.0.0.192 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.168.0.1
192.168.255.254 192.175.48.1 198.18.0.1 198.19.255.254 198.51.100.1 203.0.113.1 168.63.129.16 224.0.0.1
239.255.255.250 240.0.0.1 255.255.255.255
""".split()

_V6 = """
:: ::1 0:0:0:0:0:0:0:1 0000:0000:0000:0000:0000:0000:0000:0001 ::7f00:1 ::127.0.0.1 ::ffff:127.0.0.1
::ffff:7f00:1 ::FFFF:127.0.0.1 0:0:0:0:0:ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254
::ffff:a9fe:a9fe ::ffff:100.64.0.1 ::ffff:192.168.0.1 ::ffff:0.0.0.0 ::ffff:0:127.0.0.1
64:ff9b::127.0.0.1 64:ff9b::7f00:1 64:ff9b::10.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b::169.254.169.254
64:ff9b::192.168.1.1 64:ff9b::100.64.0.1 64:ff9b::224.0.0.1 64:ff9b:1::127.0.0.1 64:ff9b:1::1
64:ff9b:1:fffe::10.0.0.1 2002:7f00:1:: 2002:a00:1:: 2002:a9fe:a9fe:: 2002:c0a8:101::1
2001:0:4136:e378:8000:63bf:80ff:fffe 2001::1 2001:0:a9fe:a9fe:0:0:0:0 2001:2::1 2001:10::1 2001:20::1
2001:db8::1 3fff::1 3ffe::1 fc00::1 fd00::1 fd00:ec2::254 fd00:ec2::23 fd20:ce::254 fdff:ffff::1
fe80::1 febf::1 fec0::1 feff::1 ff00::1 ff02::1 ff05::1:3 ff0e::1 100::1 5f00::1 4000::1 8000::1
2606:4700::5efe:10.0.0.1 2606:4700::200:5efe:127.0.0.1 2620:4f:8000::1
""".split()

_BAD_V6 = """
[::1 ::1] [::1]] [[::1]] [] [:] [:::1] [::1%25lo] [::1%lo] [fe80::1%25eth0] [fe80::1%1] [127.0.0.1]
[localhost]
[::1]evil.example [::1].evil.example evil[::1] [v1.::1] [::ffff:127.1] [::ffff:0177.0.0.1] [::1/128] [1::2::3]
[::ffff:127.0.0.01] [::12345] [0x0::1]
""".split()

_SCHEMES = [
    "http://127.0.0.1:PORT/",
    "HTTP://127.0.0.1:PORT/",
    "http://hooks.example/",
    "http://hooks.example:443/",
    "http://93.184.216.34/",
    "http://[2606:4700::1111]/",
    "hTTp://localhost:PORT/",
    "ftp://127.0.0.1:PORT/",
    "file:///etc/passwd",
    "file://127.0.0.1/etc/passwd",
    "gopher://127.0.0.1:PORT/_POST%20/",
    "dict://127.0.0.1:PORT/info",
    "ldap://127.0.0.1:PORT/",
    "tftp://127.0.0.1:PORT/x",
    "ws://127.0.0.1:PORT/",
    "wss://127.0.0.1:PORT/",
    "unix:///var/run/docker.sock",
    "http+unix://%2Fvar%2Frun%2Fdocker.sock/info",
    "jar:https://127.0.0.1:PORT/!/",
    "url:https://127.0.0.1:PORT/",
    "view-source:https://127.0.0.1:PORT/",
    "javascript:alert(1)",
    "data:text/plain,hello",
    "//127.0.0.1:PORT/",
    "///127.0.0.1:PORT/",
    "127.0.0.1:PORT",
    "localhost:PORT/",
    "https:127.0.0.1:PORT/",
    "https:/127.0.0.1:PORT/",
    "https:///127.0.0.1:PORT/",
    "https:////127.0.0.1:PORT/",
    "https//127.0.0.1:PORT/",
    "https;//127.0.0.1:PORT/",
    "httpſ://127.0.0.1:PORT/",
    "ｈｔｔｐｓ://127.0.0.1:PORT/",
    "https+http://127.0.0.1:PORT/",
]

_USERINFO = [
    "https://user@127.0.0.1:PORT/",
    "https://user:password@127.0.0.1:PORT/",
    "https://@127.0.0.1:PORT/",
    "https://:@127.0.0.1:PORT/",
    "https://hooks.example@127.0.0.1:PORT/",
    "https://hooks.example:443@127.0.0.1:PORT/",
    "https://hooks.example%40127.0.0.1:PORT/",
    "https://127.0.0.1:PORT@hooks.example/",
    "https://a@b@127.0.0.1:PORT/",
    "https://hooks.example#@127.0.0.1:PORT/",
    "https://127.0.0.1:PORT#@hooks.example/",
    "https://127.0.0.1:PORT#.hooks.example/",
    "https://hooks.example?@127.0.0.1:PORT#",
    "https://127.0.0.1:PORT\\@hooks.example/",
    "https://hooks.example\\@127.0.0.1:PORT/",
    "https://hooks.example:@127.0.0.1:PORT/",
    "https://[::1]@hooks.example/",
    "https://hooks.example@[::1]:PORT/",
]

_CHARACTERS = [
    "",
    " ",
    "https://",
    "https:///",
    "https://?",
    "https://:PORT/",
    "https://./",
    "https://../",
    "https://.127.0.0.1:PORT/",
    " https://127.0.0.1:PORT/",
    "https://127.0.0.1:PORT/ ",
    "\thttps://127.0.0.1:PORT/",
    "\nhttps://127.0.0.1:PORT/",
    "https://127.0.0.1:PORT/\n",
    "https://127.0.0.1:PORT/\r\nHost: hooks.example\r\n\r\n",
    "https://hooks.example/\r\nX-Injected: 1",
    "https://hooks.example/\nX-Injected: 1",
    "https://hooks.example/\x00",
    "https://hooks.example\x00.127.0.0.1:PORT/",
    "https://127.0.0.1\x00.hooks.example:PORT/",
    "https://127.0.0.1%00.hooks.example:PORT/",
    "https://127.0.0.1%0d%0a:PORT/",
    "https://127.0.0.1%2f@hooks.example/",
    "https://ht\ttps.example/",
    "https://127.0.\n0.1:PORT/",
    "https://127.0.0.1\t:PORT/",
    "https://127.0.0.1 :PORT/",
    "https://127.0.0.1 hooks.example/",
    "https://\\127.0.0.1:PORT/",
    "https:\\\\127.0.0.1:PORT/",
    "https:/\\127.0.0.1:PORT/",
    "https://127.0.0.1:PORT\\hooks.example/",
    "https://hooks.example\\127.0.0.1:PORT/",
    "https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:PORT/",
    "https://ｌｏｃａｌｈｏｓｔ:PORT/",
    "https://locaľhost:PORT/",
    "https://loc\u00adalhost:PORT/",
    "https://local\u200bhost:PORT/",
    "https://\u202e127.0.0.1:PORT/",
    "https://①②⑦.⓪.⓪.①:PORT/",
    "https://127．0．0．1:PORT/",
    "https://127｡0｡0｡1:PORT/",
    "https://bücher.example/",
    "https://hooks.example\uff0f127.0.0.1:PORT/",
    "https://hooks.example\uff20127.0.0.1:PORT/",
    "https://127.0.0.1\uff1aPORT/",
    "https://hooks..example/",
    "https://hooks.example../",
    "https://-hooks.example/",
    "https://hooks-.example/",
    "https://*.example/",
    "https://hooks.example,127.0.0.1:PORT/",
    "https://hooks.example;127.0.0.1:PORT/",
    "https://hooks.example&127.0.0.1:PORT/",
    "https://hooks.example$127.0.0.1:PORT/",
    "https://(127.0.0.1):PORT/",
    "https://<127.0.0.1>:PORT/",
    'https://"127.0.0.1":PORT/',
    "https://{127.0.0.1}:PORT/",
    "https://hooks.example/{path}",
    "https://hooks.example/a|b",
    "https://hooks.example/`id`",
    "https://hooks.example/#fragment",
    f"https://{'a' * 64}.example/",
    f"https://{'a.' * 127}example/",
    f"https://hooks.example/{'a' * 2048}",
    "https://1.2.3/",
    "https://1.2.3.4.5/",
    "https://999.999.999.999/",
    "https://hooks.example.0x7f/",
    "https://hooks.example.127/",
    "https://0x/",
    "https://0/",
    "https://00000/",
]

_PORTS = [
    f"https://127.0.0.1:{port}/"
    for port in (
        "",
        "0",
        "-1",
        "+443",
        "65536",
        "99999",
        "4294967739",
        "0x1bb",
        "0443",
        "４４３",
        "443a",
        "4 43",
    )
] + [
    f"https://hooks.example:{port}/"
    for port in ("", "0", "-1", "65536", "70000", "443:PORT", "443%20", "44.3", "1e3")
]

# Refused by their form alone, wherever the host would lead.
MALFORMED_URLS: tuple[str, ...] = (
    *_SPELLED,
    *(f"https://{host}:PORT/" for host in _BAD_V6),
    *_USERINFO,
    *_CHARACTERS,
    *_PORTS,
)

HOSTILE_URLS: tuple[str, ...] = (
    *MALFORMED_URLS,
    *(f"https://{address}:PORT/" for address in _V4),
    *(f"https://[{address}]:PORT/" for address in _V6),
    *_SCHEMES,
)

# Names with one hostile address, alone and beside a public one, in either order.
HOSTILE_ANSWERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    *((f"https://single-{n}.example:PORT/", (address,)) for n, address in enumerate(_V4 + _V6)),
    *((f"https://after-{n}.example:PORT/", (PUBLIC, address)) for n, address in enumerate(_V4)),
    *((f"https://before-{n}.example:PORT/", (address, PUBLIC)) for n, address in enumerate(_V6)),
    ("https://localhost:PORT/", ("127.0.0.1", "::1")),
    ("https://localhost.:PORT/", ("127.0.0.1",)),
    ("https://LOCALHOST:PORT/", ("127.0.0.1",)),
    ("https://localhost.localdomain:PORT/", ("127.0.0.1",)),
    ("https://ip6-localhost:PORT/", ("::1",)),
    ("https://127.0.0.1.nip.io:PORT/", ("127.0.0.1",)),
    ("https://127-0-0-1.sslip.io:PORT/", ("127.0.0.1",)),
    ("https://localtest.me:PORT/", ("127.0.0.1", "::1")),
    ("https://metadata.google.internal/computeMetadata/v1/", ("169.254.169.254",)),
    ("https://instance-data.ec2.internal/latest/meta-data/", ("169.254.169.254",)),
    ("https://kubernetes.default.svc/", ("10.96.0.1",)),
    ("https://scoped.example:PORT/", ("fe80::1%eth0",)),
    ("https://xn--lcalhost-n4a.example:PORT/", ("127.0.0.1",)),
)


def credulous_dns(host: str, port: int) -> list[str]:
    """Accepts every spelling of an address that inet_aton accepts, and resolves every name to loopback: the
    worst case."""
    try:
        return [socket.inet_ntoa(socket.inet_aton(host))]
    except OSError:
        return ["127.0.0.1"]
