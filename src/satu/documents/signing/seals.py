"""Which seal an agency uses here, and which roots count."""

from functools import lru_cache
from pathlib import Path

from asn1crypto import pem, x509
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from satu.documents.signing.development import DevelopmentAuthority
from satu.documents.signing.pkcs12 import pkcs12_signer
from satu.documents.signing.port import Signer
from satu.kernel.city import the_city


@lru_cache(maxsize=128)
def signer_for(agency: str) -> Signer:
    """The seal of an agency: the PKCS#12 file that ``SATU_SEAL_FILE`` names (``{agency}`` in it is replaced), or in
    development one of this machine's own. Raises ``ImproperlyConfigured``; in production there is no way around it.
    """
    if settings.SATU_SEAL_FILE:
        return pkcs12_signer(
            Path(settings.SATU_SEAL_FILE.replace("{agency}", agency)),
            settings.SATU_SEAL_PASSPHRASE,
            accredited=accredited_roots(),
            timestamp_url=settings.SATU_TIMESTAMP_URL,
        )
    return development_authority().signer(agency, name=the_city().agencies[agency].name.id)


def development_authority() -> DevelopmentAuthority:
    """This machine's own authority. Production refuses it."""
    if not settings.DEVELOPMENT:
        raise ImproperlyConfigured("SATU_SEAL_FILE is not set. Production does not seal with a development key.")
    return DevelopmentAuthority(Path(settings.STATE_DIR) / "keys" / "seals")


def accredited_roots() -> list[x509.Certificate]:
    """The certificates in ``SATU_TRUST_ROOTS`` (a PEM file, or a folder of them): the authorities whose signatures
    are certified in the sense of UU ITE and PP 71/2019. Raises ``ImproperlyConfigured``."""
    if not settings.SATU_TRUST_ROOTS:
        return []
    place = Path(settings.SATU_TRUST_ROOTS)
    files = sorted(place.glob("*.pem")) if place.is_dir() else [place]
    try:
        return [certificate for file in files for certificate in certificates(file.read_bytes())]
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(
            f"SATU_TRUST_ROOTS ({place}) is no PEM file of certificates, nor a folder of them: {error}"
        ) from error


def development_roots() -> list[x509.Certificate]:
    return certificates(development_authority().root()) if settings.DEVELOPMENT else []


def certificates(content: bytes) -> list[x509.Certificate]:
    return [
        x509.Certificate.load(der) for kind, _, der in pem.unarmor(content, multiple=True) if kind == "CERTIFICATE"
    ]
