"""A seal from a PKCS#12 file, for production."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from asn1crypto import x509
from django.core.exceptions import ImproperlyConfigured
from pyhanko.sign.signers import SimpleSigner
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathError

from satu.documents.signing.clock import HttpTimeStamper
from satu.documents.signing.pades import PadesSigner


def pkcs12_signer(
    path: Path, passphrase: str, *, accredited: Sequence[x509.Certificate], timestamp_url: str
) -> PadesSigner:
    """The seal in ``path``. Its chain must lead to an accredited root, or ``ImproperlyConfigured`` is raised:
    a letter must not say that its signature is certified when it is not."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ImproperlyConfigured(f"The seal {path} cannot be read: {error.strerror}.") from error
    try:
        key = SimpleSigner.load_pkcs12_data(content, other_certs=accredited, passphrase=passphrase.encode())
    except (ValueError, TypeError) as error:
        raise ImproperlyConfigured(
            f"The seal {path} cannot be opened: is it PKCS#12, and is SATU_SEAL_PASSPHRASE its passphrase?"
        ) from error
    _check_chain(key, path, accredited)
    return PadesSigner(
        key=key,
        timestamper=HttpTimeStamper(timestamp_url) if timestamp_url else None,
        reserve=None,
        certification="certified",
    )


def _check_chain(key: SimpleSigner, path: Path, accredited: Sequence[x509.Certificate]) -> None:
    context = ValidationContext(trust_roots=list(accredited), allow_fetching=False, revocation_mode="soft-fail")
    validator = CertificateValidator(
        key.signing_cert, intermediate_certs=list(key.cert_registry), validation_context=context
    )
    try:
        asyncio.run(validator.async_validate_usage({"non_repudiation"}))
    except PathError as error:
        raise ImproperlyConfigured(
            f"The seal {path} does not lead to a root in SATU_TRUST_ROOTS, or is out of date: {error}"
        ) from error
