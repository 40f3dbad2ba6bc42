"""PAdES with a key that is in this process's hands: B-B, or B-T where there is a time-stamp authority."""

from dataclasses import dataclass
from io import BytesIO
from typing import Literal

import httpx
from asn1crypto import x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError

from satu.documents.signing.port import SigningFailed

FIELD = "Segel"

# Shows nothing (the page has its own block); PDF/A wants it printable, PDF/UA outside the page unless it is tagged,
# and both are content with this.
_PLACE = SigFieldSpec(FIELD, invis_sig_settings=InvisSigSettings(set_print_flag=True, box_out_of_bounds=True))


@dataclass(frozen=True)
class PadesSigner:
    """Seals with ``key``. The seal is a certification that permits no later change."""

    key: SimpleSigner
    timestamper: TimeStamper | None
    reserve: int | None
    """Room kept for the signature, in hexadecimal digits; ``None`` makes a trial signature to measure it."""
    certification: Literal["certified", "development"]

    @property
    def subject(self) -> str:
        return str(_certificate(self.key).subject.human_friendly)

    @property
    def certificate(self) -> bytes:
        return bytes(_certificate(self.key).dump())

    def sign(self, pdf: bytes, *, reason: str) -> bytes:
        meta = PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            reason=reason,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
        )
        signer = PdfSigner(meta, signer=self.key, timestamper=self.timestamper, new_field_spec=_PLACE)
        sealed = BytesIO()
        try:
            signer.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), output=sealed, bytes_reserved=self.reserve)
        except (SigningError, PdfError, TimestampRequestError, OSError, httpx.HTTPError) as error:
            raise SigningFailed from error
        return sealed.getvalue()


def _certificate(key: SimpleSigner) -> x509.Certificate:
    if key.signing_cert is None:
        raise SigningFailed
    return key.signing_cert
