"""Settings. Everything that differs between installations comes from the environment; see docs/guides/operate.md."""

import os
import secrets
import sys
from pathlib import Path

import dj_database_url

BASE_DIR = Path(__file__).resolve().parents[3]
STATE_DIR = Path(os.environ.get("SATU_STATE", BASE_DIR / ".satu"))

#: ``development`` makes its own keys at first run; ``production`` refuses them and takes them from outside.
SATU_MODE = os.environ.get("SATU_MODE", "development")
if SATU_MODE not in {"development", "production"}:
    sys.exit(f"SATU_MODE is {SATU_MODE!r}; it must be development or production.")
DEVELOPMENT = SATU_MODE == "development"
SATU_CITY = os.environ.get("SATU_CITY", str(BASE_DIR / "cities" / "tangerang"))
#: Whether new requests take only published versions of services; else the folders, as they are now.
SATU_ONLY_PUBLISHED = not DEVELOPMENT
SATU_PUBLIC_URL = os.environ.get("SATU_PUBLIC_URL", "http://localhost:8000")


_DEVELOPMENT_MARK = "development-"
#: ``satu check`` goes on without them, so that it can name whatever else is missing, too.
_CHECKING = Path(sys.argv[0]).stem in {"satu", "cli"} and sys.argv[1:2] == ["check"]
SATU_SECRETS_REFUSED: list[str] = []


def _refused(sentence: str) -> str:
    """Production does not start without a proper secret."""
    if not _CHECKING:
        sys.exit(f"{sentence}\n`satu check --deploy` names everything that is missing.")
    SATU_SECRETS_REFUSED.append(sentence)
    return secrets.token_urlsafe(48)


def _secret(name: str) -> str:
    """A secret by name: from the environment, or (development only) made once and kept in the state folder."""
    if value := os.environ.get(f"SATU_{name.upper()}"):
        if value.startswith(_DEVELOPMENT_MARK) and not DEVELOPMENT:
            return _refused(f"SATU_{name.upper()} is a development key. Production refuses it.")
        return value
    if not DEVELOPMENT:
        return _refused(f"SATU_{name.upper()} is not set. In production every secret comes from outside.")
    path = STATE_DIR / "keys" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(_DEVELOPMENT_MARK + secrets.token_urlsafe(48), encoding="utf-8")
    return path.read_text(encoding="utf-8")


def _database() -> dj_database_url.DBConfig:
    """The address is not printed: there may be a password in it."""
    address = os.environ.get("DATABASE_URL", "postgresql:///satu")
    try:
        found = dj_database_url.parse(address, conn_max_age=60, conn_health_checks=True)
    except ValueError:
        found = {}
    if found.get("ENGINE") != "django.db.backends.postgresql":
        sys.exit("DATABASE_URL is no address of a PostgreSQL, such as postgresql://satu@db/satu.")
    return found


SECRET_KEY = _secret("secret_key")
DEBUG = False
ALLOWED_HOSTS = os.environ.get("SATU_HOSTS", "localhost,127.0.0.1,[::1]").split(",")

#: Ours come first, so that our words are used where others have a translation of the same.
INSTALLED_APPS = [
    "satu.config",
    "satu.kernel",
    "satu.theme",
    "satu.identity",
    "satu.registry",
    "satu.registry.search",
    "satu.documents",
    "satu.messaging",
    "satu.finance",
    "satu.hub.ledger",
    "satu.hub",
    "satu.services",
    "satu.services.conversation",
    "satu.services.work",
    "satu.civil",
    "satu.permits",
    "satu.portal",
    "satu.desk",
    "satu.insight",
    "satu.demo",
    "satu.api",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    "csp",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]

#: The first four tell the browser what it may do with an answer: they stand outside whatever can give one.
MIDDLEWARE = [
    "satu.theme.middleware.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "satu.theme.middleware.LanguageMiddleware",
    "satu.theme.maintenance.MaintenanceMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "satu.identity.gate.GateMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "satu.theme.middleware.PageMiddleware",
]

CSRF_FAILURE_VIEW = "satu.theme.pages.csrf_failed"
ROOT_URLCONF = "satu.config.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {"environment": "satu.theme.jinja.environment"},
    },
]

DATABASES = {"default": _database()}
DATABASES["default"]["TIME_ZONE"] = "UTC"
#: What is asked again and again is planned once a connection. (Behind PgBouncer, that has to be 1.21 or later.)
DATABASES["default"].setdefault("OPTIONS", {}).update(server_side_binding=True, prepare_threshold=5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "identity.Account"
LOGIN_URL = "/masuk/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "satu.identity.typed.NotOnesOwnName"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
#: Sign-in is allauth's: second factors, passkeys, sessions. Accounts are Satu's, and have no e-mail address.
ACCOUNT_ADAPTER = "satu.identity.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_ADAPTER = "satu.identity.adapters.MfaAdapter"
MFA_FORMS = {
    "authenticate": "satu.identity.typed.SecondStepForm",
    "reauthenticate": "satu.identity.typed.AgainForm",
    "activate_totp": "satu.identity.typed.SetUpAppForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
#: Browsers themselves allow passkeys on http://localhost only.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEVELOPMENT
#: In the database, so that a guess is counted once whichever process it meets.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "identity_attempts"}}

LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
TIME_ZONE = "Asia/Jakarta"
USE_TZ = True
USE_I18N = True
LANGUAGE_COOKIE_NAME = "language"

#: The largest request that brings files, whole; what each may have, its package says.
SATU_LARGEST_UPLOAD = 32 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "satu.kernel.uploads.SizeLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

STATIC_URL = "/static/"
STATIC_ROOT = STATE_DIR / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": str(STATE_DIR / "files"),
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEVELOPMENT

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEVELOPMENT
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 0 if DEVELOPMENT else 31_536_000
SECURE_SSL_REDIRECT = not DEVELOPMENT
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if not DEVELOPMENT else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

#: The seals on documents: a PKCS#12 file (``{agency}`` in its path stands for the agency), an RFC 3161 time-stamp
#: authority, and the roots of accredited certificate authorities. Without a file, development makes its own.
SATU_SEAL_FILE = os.environ.get("SATU_SEAL_FILE", "")
SATU_SEAL_PASSPHRASE = os.environ.get("SATU_SEAL_PASSPHRASE", "")
SATU_TIMESTAMP_URL = os.environ.get("SATU_TIMESTAMP_URL", "")
SATU_TRUST_ROOTS = os.environ.get("SATU_TRUST_ROOTS", "")

#: Who takes payments: ``sandbox`` is the simulated provider; production names its own or has none.
SATU_PAYMENT_PROVIDER = os.environ.get("SATU_PAYMENT_PROVIDER", "sandbox" if DEVELOPMENT else "")

#: Where the simulated existing systems listen and where their storage is (development only).
SATU_SIMULATED_SYSTEMS = STATE_DIR / "systems"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
