"""An authenticator in software: real keys, real CBOR, real signatures; and what a browser puts around them."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """One key pair of one person, on a device of hers."""

    origin: str = "http://localhost:8000"
    host: str = "localhost"
    counts: bool = True
    count: int = 0
    verified: bool = True
    cross_origin: bool = False
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    handle: bytes = b""

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer as `navigator.credentials.create(…).toJSON()`."""
        self.handle = base64url_to_bytes(options["user"]["id"])
        spoken = self._client_data("webauthn.create", options["challenge"])
        numbers = self.key.public_key().public_numbers()
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cose
        data = self._data(_ATTESTED) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._wrapped({
            "clientDataJSON": bytes_to_base64url(spoken),
            "attestationObject": bytes_to_base64url(attestation),
            "transports": ["internal"],
        })  # fmt: skip

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer as `navigator.credentials.get(…).toJSON()`."""
        spoken = self._client_data("webauthn.get", options["challenge"])
        if self.counts:
            self.count += 1
        data = self._data(0)
        signature = self.key.sign(data + hashlib.sha256(spoken).digest(), ec.ECDSA(hashes.SHA256()))
        return self._wrapped({
            "clientDataJSON": bytes_to_base64url(spoken),
            "authenticatorData": bytes_to_base64url(data),
            "signature": bytes_to_base64url(signature),
            "userHandle": bytes_to_base64url(self.handle),
        })  # fmt: skip

    def _client_data(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": self.cross_origin}
        return json.dumps(said).encode()

    def _data(self, flags: int) -> bytes:
        flags |= _PRESENT | (_VERIFIED if self.verified else 0)
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _wrapped(self, response: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": bytes_to_base64url(self.id),
            "rawId": bytes_to_base64url(self.id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": response,
        }
