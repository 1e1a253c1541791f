"""What is wrong with commands: with the words of one, in a block, in a sentence."""

import re
from collections.abc import Iterator

from tests.support.docs import certctl_commands, kind_settings, make_commands, requests, shell
from tests.support.docs.pages import Block, inline_code

_NAMED = re.compile(r"^(certctl|make) [a-z-]")


def fault_of(words: list[str], *, whole: bool = True) -> str | None:
    """What is wrong with one simple command."""
    if words[0] == "make":
        return make_commands.fault(words[1:])
    request = requests.of_curl(words)
    if request is not None:
        return requests.fault(request)
    arguments = certctl_commands.arguments_of(words)
    if arguments is None:
        return None
    return certctl_commands.fault(arguments, whole=whole) or (
        kind_settings.fault(arguments) if whole else None
    )


def faults_of(block: Block) -> Iterator[str]:
    for typed in shell.typed(block):
        for words in shell.simple_commands(typed):
            if fault := fault_of(words):
                yield f"{block.page}:{block.line}: {fault}"


def faults_of_sentences(text: str) -> Iterator[str]:
    """The faults of code in sentences, which may leave arguments out."""
    for code in inline_code(text):
        request = requests.of_inline(code)
        if request is not None:
            if fault := requests.fault(request):
                yield f"{code}: {fault}"
        elif _NAMED.match(code):
            for words in shell.simple_commands(code):
                if fault := fault_of(words, whole=False):
                    yield f"{code}: {fault}"
