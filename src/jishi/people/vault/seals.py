"""What the master key gives: wrapping of people's keys, marks of the blind indexes, fingerprints."""

from __future__ import annotations

import hmac

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES, NONCE_BYTES, MASTER_BYTES = 32, 12, 32
INDEXES = ("email", "phone", "phone_tail", "name")
PRINTS = ("email", "phone", "address")


class Seals:
    """Everything is derived from one master (≥ 32 bytes) by HKDF-SHA256 with its use as info: no key serves two uses."""

    def __init__(self, master: bytes) -> None:
        if len(master) < MASTER_BYTES:
            raise ValueError(f"the vault's master key has fewer than {MASTER_BYTES} bytes")
        self.wrapper = AESGCM(derive(master, "wrap"))
        self.indexes = {name: derive(master, f"index:{name}") for name in INDEXES}
        self.prints = {name: derive(master, f"print:{name}") for name in PRINTS}

    def mark(self, index: str, value: str) -> str:
        """128 bits in hex by which this index finds the normalised value; "" stays ""."""
        return hmac.digest(self.indexes[index], value.encode(), "sha256")[:16].hex() if value else ""

    def print(self, of: str, value: str) -> str:
        """A fingerprint others may keep and compare: 128 bits in hex; "" stays ""."""
        return hmac.digest(self.prints[of], value.encode(), "sha256")[:16].hex() if value else ""

    def wrap(self, secret: bytes, nonce: bytes, label: bytes) -> bytes:
        return nonce + self.wrapper.encrypt(nonce, secret, label)

    def unwrap(self, wrapped: bytes, label: bytes) -> bytes:
        """The key again; one of another row or master raises `InvalidTag`."""
        return self.wrapper.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], label)


def derive(master: bytes, use: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"jishi.vault.{use}".encode()).derive(master)


def bound_to(card_id: int, person_id: int, kind: str, purpose: str) -> bytes:
    """The additional data of a card: its ciphertext opens nowhere else."""
    return f"{card_id}|{person_id}|{kind}|{purpose}".encode()


def seal(cipher: AESGCM, nonce: bytes, fields: dict[str, str], aad: bytes) -> bytes:
    return nonce + cipher.encrypt(nonce, msgspec.msgpack.encode(fields, order="sorted"), aad)


def unseal(cipher: AESGCM, sealed: bytes, aad: bytes) -> dict[str, str]:
    """A card's fields; a ciphertext of another card, person, kind or purpose raises `InvalidTag`."""
    return msgspec.msgpack.decode(cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], aad), type=dict[str, str])
