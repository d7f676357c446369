"""Content Credentials (C2PA): a signed note in each picture's file that says that a model made it.

Needs the extra `c2pa`. The pixels and the plan stay as they are. https://spec.c2pa.org, version 2.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sfumato import __version__
from sfumato.plan import Plan

if TYPE_CHECKING:
    from cryptography.x509 import CertificateBuilder, Name

CERTIFICATE, KEY = "certificate.pem", "key.pem"
KIND = "image/png"
SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
MODEL, PARTLY = "trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"
OTHER_USES = """
content_commitment key_encipherment data_encipherment key_agreement encipher_only decipher_only
"""
YEARS = 10
CURVES = MappingProxyType({256: b"es256", 384: b"es384", 521: b"es512"})
INSTALL = "Content Credentials need another package: pip install 'sfumato[c2pa]'."


@dataclass(frozen=True)
class Signature:
    """What signs: a certificate with those above it, and its key, both as PEM; `kind` as C2PA calls it."""

    certificate: bytes
    key: bytes
    kind: bytes

    @classmethod
    def of(cls, folder: Path) -> Signature:
        """The one whose files are in a folder. Raises ValueError where they are not, or cannot be read."""
        try:
            import c2pa  # noqa: F401, so that it is said now and not after the first picture
            from cryptography.hazmat.primitives.serialization import load_pem_private_key
        except ImportError:
            raise ValueError(INSTALL) from None
        try:
            chain, key = (folder / CERTIFICATE).read_bytes(), (folder / KEY).read_bytes()
            kind = _kind_of(load_pem_private_key(key, None))
        except OSError:
            raise ValueError(
                f"There is no {CERTIFICATE} or {KEY} in {folder}: see provenance init."
            ) from None
        except (ValueError, TypeError) as error:
            raise ValueError(f"{folder / KEY} cannot sign: {error}.") from None
        found = cls(chain, key, kind)
        found._signed(_one_pixel(), _claim(MODEL, []))
        return found

    def sign(self, png: bytes, plan: Plan, licence: str) -> bytes:
        """The same file with its credentials."""
        return self._signed(png, claim(plan, licence))

    def _signed(self, png: bytes, said: dict[str, Any]) -> bytes:
        """Raises ValueError where the certificate is none for this."""
        from c2pa import Builder, C2paError, C2paSignerInfo, Signer

        signed = BytesIO()
        try:
            info = C2paSignerInfo(self.kind, self.certificate, self.key, None)
            with Signer.from_info(info) as signer, Builder(said) as builder:
                builder.sign(signer, KIND, BytesIO(png), signed)
        except C2paError as error:
            raise ValueError(f"The picture could not be signed: {error}.") from None
        return signed.getvalue()


def claim(plan: Plan, licence: str) -> dict[str, Any]:
    """What is said of a picture: that a model made it, by which plan. The words stand in the plan alone.

    licence  of the model
    """
    said = {"model": plan.family, "model_licence": licence or "unknown", "plan": plan.hash}
    ours = {"label": "org.sfumato.plan", "data": said}
    return _claim(PARTLY if plan.keeps else MODEL, [ours])


def _claim(source: str, more: list[dict[str, Any]]) -> dict[str, Any]:
    made = {"name": "Sfumato", "version": __version__}
    action = {"action": "c2pa.created", "digitalSourceType": SOURCE + source, "softwareAgent": made}
    return {
        "claim_generator_info": [made],
        "format": KIND,
        "assertions": [{"label": "c2pa.actions", "data": {"actions": [action]}}, *more],
    }


def credentials_in(path: Path) -> dict[str, Any]:
    """What the reference reader finds in a file: its manifests, and how they are judged.

    Raises ValueError where there are none, or the file cannot be read.
    """
    try:
        from c2pa import C2paError, Reader
    except ImportError:
        raise ValueError(INSTALL) from None
    try:
        with Reader(path) as reader:
            return json.loads(reader.json())
    except (C2paError, OSError) as error:
        raise ValueError(f"{path} carries no Content Credentials that can be read: {error}.") from None


def init(folder: Path, name: str) -> None:
    """Make a certificate of one's own and its key in a folder, under a name that pictures will show.

    Viewers show it as of unknown origin, as nobody vouches for it. Raises FileExistsError, ValueError.
    """
    try:
        from cryptography.hazmat.primitives import serialization as form
        from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
    except ImportError:
        raise ValueError(INSTALL) from None
    above, own = generate_private_key(SECP256R1()), generate_private_key(SECP256R1())
    chain = _chain(above, own, name)
    key = own.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
    (folder / CERTIFICATE).write_bytes(chain)


def _one_pixel() -> bytes:
    from PIL import Image

    file = BytesIO()
    Image.new("RGB", (1, 1)).save(file, "PNG")
    return file.getvalue()


def _kind_of(key: Any) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if isinstance(key, EllipticCurvePrivateKey) and key.curve.key_size in CURVES:
        return CURVES[key.curve.key_size]
    return b"ed25519" if isinstance(key, Ed25519PrivateKey) else b"ps256"


def _chain(above: Any, own: Any, name: str) -> bytes:
    """Two certificates, as C2PA takes none that has signed itself; the upper one's key is thrown away."""
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509.oid import ExtendedKeyUsageOID as Use

    upper, lower = _name(f"{name} (root)"), _name(name)
    key = x509.AuthorityKeyIdentifier.from_issuer_public_key(above.public_key())
    root = _certificate(upper, upper, above.public_key(), signs=True).sign(above, SHA256())
    leaf = (
        _certificate(lower, upper, own.public_key(), signs=False)
        .add_extension(key, critical=False)
        .add_extension(x509.ExtendedKeyUsage([Use.EMAIL_PROTECTION]), critical=False)
        .sign(above, SHA256())
    )
    return leaf.public_bytes(Encoding.PEM) + root.public_bytes(Encoding.PEM)


def _name(name: str) -> Name:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, name), x509.NameAttribute(NameOID.ORGANIZATION_NAME, name)]
    )


def _certificate(of: Name, by: Name, key: Any, signs: bool) -> CertificateBuilder:
    """One that may sign certificates, or else documents."""
    from cryptography import x509

    now = datetime.now(UTC) - timedelta(minutes=5)
    uses = dict.fromkeys(OTHER_USES.split(), False)
    use = x509.KeyUsage(digital_signature=not signs, key_cert_sign=signs, crl_sign=signs, **uses)
    return (
        x509.CertificateBuilder()
        .subject_name(of)
        .issuer_name(by)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=signs, path_length=None), critical=True)
        .add_extension(use, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )
