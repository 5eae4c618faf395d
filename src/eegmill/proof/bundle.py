"""Signatures: an in-toto statement in a DSSE envelope in a Sigstore bundle, by a local EC key.

The form is that of OpenSSF model-signing 1.x with keys, whose verifier reads these bundles. Formats:
https://github.com/secure-systems-lab/dsse (v1.0.2), https://docs.sigstore.dev/about/bundle/ (v0.3).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ConfigurationError, DerivativeError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec

MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
CURVES = ("secp256r1", "secp384r1", "secp521r1")
HINT = "'openssl ecparam -name prime256v1 -genkey -noout -out key.pem' makes one"


@dataclass(frozen=True)
class Bundle:
    """A signed text, as it was read: nothing is checked yet."""

    payload: bytes
    signature: bytes
    key: str
    """Fingerprint of the public key that is said to fit: SHA-256 of its PEM."""

    def text(self) -> str:
        """The one form in which a bundle is written."""
        envelope = {
            "payload": base64.b64encode(self.payload).decode(),
            "payloadType": PAYLOAD_TYPE,
            "signatures": [{"sig": base64.b64encode(self.signature).decode(), "keyid": ""}],
        }
        material = {"publicKey": {"hint": self.key}, "tlogEntries": []}
        content = {"mediaType": MEDIA_TYPE, "verificationMaterial": material, "dsseEnvelope": envelope}
        return json.dumps(content, indent=2, sort_keys=True) + "\n"


def read_bundle(path: Path) -> Bundle:
    """Read a bundle, in exactly the form that `Bundle.text` has.

    Raises
    ------
    DerivativeError
        If it is no such bundle, or has anything more or less than one has.
    """
    try:
        text = path.read_bytes().decode("utf-8")
        values: Any = json.loads(text)
        media = values["mediaType"]
    except OSError as error:
        msg = f"Statement '{path}' cannot be read: {error.strerror}."
        raise DerivativeError(msg) from None
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        msg = f"'{path.name}' is no signed statement: it is not a Sigstore bundle."
        raise DerivativeError(msg) from error
    if media != MEDIA_TYPE:
        msg = f"'{path.name}' has the form {media!r}, and this eegmill knows {MEDIA_TYPE}: it is foreign or newer."
        raise DerivativeError(msg)
    try:
        envelope = values["dsseEnvelope"]
        found = Bundle(
            payload=base64.b64decode(envelope["payload"], validate=True),
            signature=base64.b64decode(envelope["signatures"][0]["sig"], validate=True),
            key=values["verificationMaterial"]["publicKey"]["hint"],
        )
        same = found.text() == text
    except (KeyError, TypeError, IndexError, ValueError, binascii.Error):
        same = False
    if not same:
        msg = f"'{path.name}' is a bundle of another form than eegmill writes (one EC key, one signature), or altered."
        raise DerivativeError(msg)
    return found


def signed(payload: bytes, key: ec.EllipticCurvePrivateKey) -> Bundle:
    """Sign a text."""
    from cryptography.hazmat.primitives.asymmetric import ec

    public = key.public_key()
    signature = key.sign(_encoded(payload), ec.ECDSA(_hash(public)))
    return Bundle(payload=payload, signature=signature, key=fingerprint(public))


def fits(bundle: Bundle, key: ec.EllipticCurvePublicKey) -> bool:
    """Whether this key signed exactly this text."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        key.verify(bundle.signature, _encoded(bundle.payload), ec.ECDSA(_hash(key)))
    except InvalidSignature:
        return False
    return True


def _encoded(payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding: the type is signed as well."""
    return b" ".join(
        (b"DSSEv1", str(len(PAYLOAD_TYPE)).encode(), PAYLOAD_TYPE.encode(), str(len(payload)).encode(), payload)
    )


def _hash(key: ec.EllipticCurvePublicKey) -> Any:
    from cryptography.hazmat.primitives import hashes

    return {256: hashes.SHA256, 384: hashes.SHA384}.get(key.curve.key_size, hashes.SHA512)()


def fingerprint(key: ec.EllipticCurvePublicKey) -> str:
    """SHA-256 of the key as PEM, in hexadecimal."""
    from cryptography.hazmat.primitives import serialization

    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return hashlib.sha256(key.public_bytes(serialization.Encoding.PEM, form)).hexdigest()


def read_private_key(path: Path, password: str | None = None) -> ec.EllipticCurvePrivateKey:
    """Read a private EC key.

    Raises
    ------
    ConfigurationError
        If there is none, its password is missing or wrong, or it is of another kind.
    """
    serialization, curves = _library()
    content = _key_file(path)
    try:
        key = serialization.load_pem_private_key(content, password.encode() if password else None)
    except (ValueError, TypeError) as error:
        msg = f"'{path}' is no private key in PEM, or its password does not fit ({error}); {HINT}."
        raise ConfigurationError(msg) from error
    if not isinstance(key, curves.EllipticCurvePrivateKey) or key.curve.name not in CURVES:
        msg = f"'{path}' is no EC key on one of {', '.join(CURVES)}; {HINT}."
        raise ConfigurationError(msg)
    found: ec.EllipticCurvePrivateKey = key
    return found


def read_public_key(path: Path) -> ec.EllipticCurvePublicKey:
    """Read a public EC key; of a private one, its public half.

    Raises
    ------
    ConfigurationError
        If there is none, or it is of another kind.
    """
    serialization, curves = _library()
    content = _key_file(path)
    if b"PRIVATE KEY" in content:
        return read_private_key(path).public_key()
    try:
        key = serialization.load_pem_public_key(content)
    except (ValueError, TypeError) as error:
        msg = f"'{path}' is no public key in PEM: 'openssl ec -in key.pem -pubout' writes that of a private one."
        raise ConfigurationError(msg) from error
    if not isinstance(key, curves.EllipticCurvePublicKey) or key.curve.name not in CURVES:
        msg = f"'{path}' is no EC key on one of {', '.join(CURVES)}."
        raise ConfigurationError(msg)
    found: ec.EllipticCurvePublicKey = key
    return found


def _key_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        msg = f"Key '{path}' cannot be read: {error.strerror}; {HINT}."
        raise ConfigurationError(msg) from None


def _library() -> tuple[Any, Any]:
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ec
    except ImportError as error:
        msg = "Signatures need the library 'cryptography': pip install 'eegmill[attest]'."
        raise ConfigurationError(msg) from error
    return serialization, ec
