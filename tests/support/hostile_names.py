"""Names that a stranger may give to a record. A program that reads one as more than text makes a file of the
name `ran-...` in its directory, or writes a line, a header, an escape sequence or markup."""

from collections.abc import Mapping

_MARK = "ran-"

_COMMANDS: Mapping[str, str] = {
    "quoted-process": r"a\" <(touch @) \"",
    "quoted-semicolon": r"a\"; touch @; \"",
    "double-backslash": r'a\\" <(touch @) \\"',
    "double-quote": 'a" ; touch @ ; "',
    "doubled-quote": 'a"" <(touch @) ""',
    "single-quote": "a' ; touch @ ; '",
    "doubled-single": "a'' ; touch @ ; ''",
    "quoted-single": r"a\' ; touch @ ; \'",
    "substitution": "$(touch @)",
    "quoted-substitution": r"\$(touch @)",
    "arithmetic": "$((a[$(touch @)]))",
    "index": "${a[$(touch @)]}",
    "backticks": "`touch @`",
    "quoted-backticks": r"\`touch @\`",
    "process": "<(touch @)",
    "temporary-file": "=(touch @)",
    "output-process": ">(touch @)",
    "redirection": "a > @",
    "semicolon": "; touch @ ;",
    "comment": "web-1; touch @ #",
    "pipe": "| touch @",
    "background": "& touch @ &",
    "newline": "a\ntouch @\n",
    "carriage-return": "a\rtouch @\r",
    "parentheses": "a)) ; touch @ ; ((",
    "quoted-parentheses": "a))' ; touch @ ; '((",
    "spec": "a:))' ; touch @ ; : '((",
    "colon": r"a\:`touch @`",
    "quoting-of-c": "$'\\x60touch @\\x60'",
    "glob-qualifier": "*(e:'touch @':)",
    "parameter-flag": "${(e):-$(touch @)}",
    "fish": "(touch @)",
    "fish-quoted": r'a" (touch @) "',
    "troff": "\n.sy touch @\n",
    "troff-quoted": "\\\n'sy touch @",
    "troff-escape": r"\*[x]\Y[a]\X'sy touch @'",
    "perl-open": "touch @ |",
    "option": "--output=@",
    "format": "%(touch @)s %n@",
    "powershell": "$(New-Item @)",
}
_TEXTS: tuple[str, ...] = (
    "\\",
    'a\\"',
    "a\\",
    "'",
    '"',
    "`",
    "$",
    "a\tb",
    "a\x00b",
    "\x1b]0;title\x07",
    "\x1b[2J\x1b[31mred",
    "\x9b31mred",
    "a\u2028b",
    "\u202egnp.exe",
    "表\\`",
    "{}{0}{name}%s%(name)s",
    "[bold]a[/bold] [link=http://example.com]b[/link]",
    "<script>alert(1)</script>",
    "=HYPERLINK(1)",
    "Subject\r\nBcc: stranger@example.com\r\n\r\nbody",
    "=?utf-8?q?a=0D=0ABcc:_stranger@example.com?=",
    "-rf",
    "~root",
    "!!",
    "a" * 300,
)


def _numbered() -> Mapping[str, str]:
    commands = {name: text.replace("@", _MARK + name) for name, text in _COMMANDS.items()}
    return commands | {f"text-{number}": text for number, text in enumerate(_TEXTS)}


HOSTILE_NAMES: Mapping[str, str] = _numbered()
"""The names, by what each of them tries."""
