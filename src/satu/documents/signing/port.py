"""The port: whoever can turn a PDF into a sealed PDF."""

from typing import Literal, Protocol

from django.utils.translation import gettext_lazy as _

from satu.kernel.errors import SatuError


class SigningFailed(SatuError):
    """The seal could not be set: key, time-stamp authority or signing service. Trying later may help."""

    code = "signing-failed"
    status = 503

    def __init__(self) -> None:
        super().__init__(_("The document could not be sealed just now. Nothing was issued; please try again later."))


class Signer(Protocol):
    """One agency's seal.

    It takes the whole PDF, not a hash: a key file signs here, and a service such as BSrE's, which wants the file and
    gives it back signed, fits the same port. The result must be the given file with one incremental update behind it.
    """

    @property
    def certification(self) -> Literal["certified", "development"]:
        """Whether the letter may say that its signature is certified."""
        ...

    @property
    def subject(self) -> str:
        """The certificate's subject, for people."""
        ...

    @property
    def certificate(self) -> bytes:
        """The sealing certificate, DER."""
        ...

    def sign(self, pdf: bytes, *, reason: str) -> bytes:
        """The sealed file. ``reason`` stands in the signature. Raises ``SigningFailed``."""
        ...
