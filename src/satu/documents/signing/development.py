"""A certificate authority of this machine's own, for development: every name in it says that it is not certified.

Made at first run in ``STATE_DIR/keys/seals``. Production settings never come here.
"""

import fcntl
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier
from pyhanko.sign.signers import SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from satu.documents.signing.clock import SimulatedTimeStamper
from satu.documents.signing.pades import PadesSigner

MARK = "BUKAN TTE TERSERTIFIKASI - DEVELOPMENT ONLY"
_DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336
_SEAL_PURPOSES = (ExtendedKeyUsageOID.EMAIL_PROTECTION, _DOCUMENT_SIGNING)
_ROOT_LIFE, _LEAF_LIFE = timedelta(days=3650), timedelta(days=1095)
_ROOM = 12_288  # hexadecimal digits; a seal of ours with its time stamp and chain takes some 8,000
_LONGEST_NAME = 64  # ub-common-name, RFC 5280
_AGENCY = re.compile(r"[a-z][a-z0-9-]*\Z")

_Builder = Callable[[x509.CertificateBuilder], x509.CertificateBuilder]


@dataclass(frozen=True, slots=True)
class _Pair:
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


class DevelopmentAuthority:
    """The root and what it issues, kept as PEM files that only their owner may read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def root(self) -> bytes:
        """The root certificate, PEM: what somebody must trust to accept these seals."""
        with self._locked():
            return self._root().certificate.public_bytes(serialization.Encoding.PEM)

    def signer(self, agency: str, *, name: str) -> PadesSigner:
        """The seal of an agency, with the simulated time-stamp authority beside it."""
        if not _AGENCY.match(agency):
            raise ValueError(f"not an agency code: {agency!r}")
        with self._locked():
            root = self._root()
            seal = self._leaf(f"seal-{agency}", common=f"{agency} - DEVELOPMENT ONLY", organisation=name, root=root)
            clock = self._leaf("time-stamp", common="Simulated time stamps", organisation=name, root=root)
        return PadesSigner(
            key=_simple_signer(seal, root),
            timestamper=SimulatedTimeStamper(_simple_signer(clock, root), asn1_x509.Certificate.load(_der(clock))),
            reserve=_ROOM,
            certification="development",
        )

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Web and worker start at the same time on a fresh machine; they must not make two roots."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self._folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _root(self) -> _Pair:
        def extend(builder: x509.CertificateBuilder) -> x509.CertificateBuilder:
            return builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True).add_extension(
                _key_usage(authority=True), critical=True
            )

        subject = _name("Satu Development CA", "Satu")
        return self._load("root") or self._make("root", subject, _ROOT_LIFE, extend, issuer=None)

    def _leaf(self, file: str, *, common: str, organisation: str, root: _Pair) -> _Pair:
        is_clock = file == "time-stamp"
        purposes = (ExtendedKeyUsageOID.TIME_STAMPING,) if is_clock else _SEAL_PURPOSES

        def extend(builder: x509.CertificateBuilder) -> x509.CertificateBuilder:
            return (
                builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
                .add_extension(_key_usage(authority=False), critical=True)
                .add_extension(x509.ExtendedKeyUsage(purposes), critical=is_clock)
            )

        known = self._load(file)
        if known and _issued_by(known.certificate, root.certificate):
            return known
        return self._make(file, _name(common, organisation), _LEAF_LIFE, extend, issuer=root)

    def _load(self, file: str) -> _Pair | None:
        path = self._folder / f"{file}.pem"
        if not path.exists():
            return None
        content = path.read_bytes()
        key = serialization.load_pem_private_key(content, password=None)
        certificate = x509.load_pem_x509_certificate(content)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{path.name} holds a key of another kind than was put there")
        soon = datetime.now(UTC) + timedelta(days=1)
        return _Pair(key, certificate) if certificate.not_valid_after_utc > soon else None

    def _make(
        self, file: str, subject: x509.Name, life: timedelta, extend: _Builder, *, issuer: _Pair | None
    ) -> _Pair:
        key = ec.generate_private_key(ec.SECP256R1())
        signing_key = issuer.key if issuer else key
        start = datetime.now(UTC) - timedelta(minutes=5)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.certificate.subject if issuer else subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + life)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()), critical=False
            )
        )
        pair = _Pair(key, extend(builder).sign(signing_key, hashes.SHA256()))
        _write(self._folder / f"{file}.pem", pair)
        return pair


def _issued_by(certificate: x509.Certificate, root: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(root)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _name(common: str, organisation: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "ID"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:_LONGEST_NAME]),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, MARK),
            x509.NameAttribute(NameOID.COMMON_NAME, common[:_LONGEST_NAME]),
        ]
    )


def _key_usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _write(path: Path, pair: _Pair) -> None:
    fresh = path.with_suffix(".new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(
            pair.key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        file.write(pair.certificate.public_bytes(serialization.Encoding.PEM))
    fresh.replace(path)


def _simple_signer(pair: _Pair, root: _Pair) -> SimpleSigner:
    return SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(_der(pair)),
        signing_key=keys.PrivateKeyInfo.load(_key_der(pair)),
        cert_registry=SimpleCertificateStore.from_certs([asn1_x509.Certificate.load(_der(root))]),
    )


def _der(pair: _Pair) -> bytes:
    return pair.certificate.public_bytes(serialization.Encoding.DER)


def _key_der(pair: _Pair) -> bytes:
    return pair.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
