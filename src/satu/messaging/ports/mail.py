"""Mail by SMTP, through Django's backend: any mail server.

SMTP has no idempotency key: a message that was taken over just when we died goes out once more, under the same
``Message-ID``, by which mailboxes tell that it is the same one.
"""

import smtplib
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from satu.messaging.ports.base import SECONDS, Message, NotTaken, needed, optional

_PERMANENT = 500
_LOGIN = {530, 534, 535, 538}


class MailPort:
    """``SATU_MAIL_HOST``, ``_PORT``, ``_USER``, ``_PASSWORD``, ``_SECURITY`` (``starttls``, ``tls`` or ``none``),
    ``_FROM``."""

    def send(self, message: Message) -> str:
        domain = urlsplit(settings.SATU_PUBLIC_URL).hostname or "localhost"
        message_id = f"<{message.key}@{domain}>"
        mail = EmailMessage(
            subject=message.subject,
            body=message.text,
            from_email=optional("MAIL_FROM", f"satu@{domain}"),
            to=[message.address],
            headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated"},
        )
        mail.connection = self._backend()
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _text in error.recipients.values()]
            raise _not_taken(max(codes, default=_PERMANENT), "address-refused") from error
        except smtplib.SMTPResponseException as error:
            raise _not_taken(error.smtp_code, "provider-error") from error
        except (smtplib.SMTPException, OSError) as error:
            raise NotTaken("unreachable", again=True) from error
        return message_id

    def _backend(self) -> EmailBackend:
        security = optional("MAIL_SECURITY", "starttls")
        return EmailBackend(
            host=needed("MAIL_HOST"),
            port=int(optional("MAIL_PORT", "587")),
            username=optional("MAIL_USER"),
            password=optional("MAIL_PASSWORD"),
            use_tls=security == "starttls",
            use_ssl=security == "tls",
            timeout=int(SECONDS),
        )


def _not_taken(code: int, reason: str) -> NotTaken:
    """A reply of 400 to 499 is for now, one from 500 on for good (RFC 5321, 4.2.1); a login can be mended."""
    if code in _LOGIN:
        return NotTaken("login-refused", again=True)
    if code < _PERMANENT:
        return NotTaken("provider-error", again=True)
    return NotTaken(reason, again=False)
