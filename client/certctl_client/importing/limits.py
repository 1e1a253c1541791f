"""Limits on what is read: files come from strangers, and each of them takes bounded time and memory."""

MIB = 1024 * 1024
FILE_BYTES = MIB
KEYSTORE_BYTES = 10 * MIB
"""The largest PKCS #12 file, Java keystore, or dump in JSON or YAML."""
INPUT_BYTES = 32 * MIB
"""The largest standard input: some 20,000 certificates in PEM."""
CERTIFICATE_BYTES = 64 * 1024
CHAIN_LENGTH = 10
TRUST_STORE_CAS = 20
"""If a file has more CA certificates that none of its leaves chains to, they are a trust store."""
CERTIFICATES_PER_FILE = 20_000
PLACE_CHARACTERS = 600
DIRECTORY_DEPTH = 64
RC2_BYTES = 256 * 1024
"""The largest part of a PKCS #12 file that is decrypted by RC2, which is slow here: about two seconds."""
KDF_ITERATIONS = 2_000_000
"""Rounds of key derivation for one PKCS #12 file and all passwords that are tried: about two seconds."""
