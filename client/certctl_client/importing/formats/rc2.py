"""Decryption by RC2 in CBC mode (RFC 2268): the cipher of certificates in old PKCS #12 files, with 40 bits.

OpenSSL 3 has it in its legacy provider alone, and `cryptography` only with 128 bits.
"""

_PI = bytes.fromhex(
    "d978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2179a59f587b34f1361456d8d09817d32"
    "bd8f40eb86b77b0bf09521225c6b4e8254d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626"
    "6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed708e8eade8052eef784aa72ac354d6a2a"
    "961ad2715a1549744b9fd05e0418a4ecc2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731"
    "2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a90d38341bab33ffb0bb480c5fb9b1cd2e"
    "c5f3db47e5a59c770aa62068fe7fc1ad"
)
"""A permutation of the octets from the digits of pi (section 2)."""
_ROTATIONS = (1, 2, 3, 5)
_MIXING_ROUNDS = (5, 6, 5)
"""A mashing round stands between each two."""


def decrypted(key: bytes, iv: bytes, ciphertext: bytes) -> bytes:
    """Decrypts whole blocks of eight bytes; padding stays. The effective bits are those of the key."""
    words, before, plain = _expanded(key), iv, bytearray()
    for at in range(0, len(ciphertext), 8):
        block = ciphertext[at : at + 8]
        plain += bytes(one ^ two for one, two in zip(_block(words, block), before, strict=True))
        before = block
    return bytes(plain)


def _expanded(key: bytes) -> list[int]:
    """Expands the key to 64 words (section 2)."""
    size = len(key)
    octets = list(key)
    for place in range(size, 128):
        octets.append(_PI[(octets[place - 1] + octets[place - size]) & 0xFF])
    octets[128 - size] = _PI[octets[128 - size]]
    for place in range(127 - size, -1, -1):
        octets[place] = _PI[octets[place + 1] ^ octets[place + size]]
    return _words(bytes(octets))


def _words(octets: bytes) -> list[int]:
    return [int.from_bytes(octets[at : at + 2], "little") for at in range(0, len(octets), 2)]


def _block(words: list[int], block: bytes) -> bytes:
    """Decrypts a block (section 4)."""
    state = _words(block)
    following = iter(reversed(words))
    for number, rounds in enumerate(_MIXING_ROUNDS):
        if number:
            _mash_back(state, words)
        for _ in range(rounds):
            for place in (3, 2, 1, 0):
                _mix_back(state, place, next(following))
    return b"".join(word.to_bytes(2, "little") for word in state)


def _mix_back(state: list[int], place: int, word: int) -> None:
    one, two, three = state[place - 1], state[place - 2], state[place - 3]
    turn = _ROTATIONS[place]
    rotated = (state[place] >> turn | state[place] << 16 - turn) & 0xFFFF
    state[place] = (rotated - word - (one & two) - (~one & three)) & 0xFFFF


def _mash_back(state: list[int], words: list[int]) -> None:
    for place in (3, 2, 1, 0):
        state[place] = (state[place] - words[state[place - 1] & 63]) & 0xFFFF
