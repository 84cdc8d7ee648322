"""Settings of the web part, out of the environment; docs/reference/settings.md lists what it reads."""

import base64
import hashlib
import os
from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from tools import devdb
from webapp.base import environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

PAUTA_ENV = env("PAUTA_ENV", default="development")
if PAUTA_ENV not in {"development", "test", "production"}:
    raise ImproperlyConfigured(f"PAUTA_ENV is development, test or production, not {PAUTA_ENV}")
PRODUCTION, TEST = PAUTA_ENV == "production", PAUTA_ENV == "test"


def _local_secrets() -> dict[str, str]:
    """Keys of this machine: kept between runs in development, the same everywhere in tests."""
    if not TEST:
        return devdb.stored_secrets()
    names = ("secret_key", "field_key", "blind_index_key")
    return {name: hashlib.sha256(f"tests {name}".encode()).hexdigest() for name in names}


def _database(url: str) -> dict[str, object]:
    return {
        **env.db_url_config(url),
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 0,
        "TEST": {"NAME": "test_pauta" + os.environ.get("PAUTA_TEST_DB_SUFFIX", "")},
    }


if PRODUCTION:
    if absent := environment.missing(dict(os.environ)):
        raise ImproperlyConfigured(f"Production needs {', '.join(absent)}. See docs/reference/settings.md")
    SECRET_KEY = env("SECRET_KEY")
    FIELD_KEYS = environment.keyring(env("FIELD_KEYS"))
    BLIND_INDEX_KEY = environment.key(env("BLIND_INDEX_KEY"), "BLIND_INDEX_KEY")
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
    DEBUG = False
else:
    known = _local_secrets()
    SECRET_KEY = env("SECRET_KEY", default=known["secret_key"])
    local_key = "local:" + base64.b64encode(bytes.fromhex(known["field_key"])).decode()
    FIELD_KEYS = environment.keyring(env("FIELD_KEYS", default=local_key))
    local_index = base64.b64encode(bytes.fromhex(known["blind_index_key"])).decode()
    BLIND_INDEX_KEY = environment.key(env("BLIND_INDEX_KEY", default=local_index), "BLIND_INDEX_KEY")
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "testserver"])
    DEBUG = env.bool("DEBUG", default=False)

# --- database: the application's role owns nothing; the owner migrates, and makes the test database
DATABASE_URL = env("DATABASE_URL", default="") or devdb.url("app")
_own = "" if "DATABASE_URL" in os.environ else devdb.url("owner")
DATABASE_OWNER_URL = env("DATABASE_OWNER_URL", default="") or _own or DATABASE_URL
AS_OWNER = TEST or env("PAUTA_DATABASE_ROLE", default="app") == "owner"
DATABASES = {"default": _database(DATABASE_OWNER_URL if AS_OWNER else DATABASE_URL)}
DATABASE_APP_ROLE = env.db_url_config(DATABASE_URL)["USER"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PGHISTORY_CREATED_AT_FUNCTION = "CLOCK_TIMESTAMP()"  # a change is dated when it is made, not when its deed began
PROCRASTINATE_ON_APP_READY = "webapp.jobs.tasks.watch"  # every worker writes down why a job failed

# --- apps and the way of a request
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "webapp.accounts",  # before allauth: its templates and words are the first found
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    "rules",
    "webapp.base",
    "webapp.audit",
    "webapp.outbox",
    "webapp.clinic",
    "webapp.jobs",
    "webapp.patients",
    "webapp.alerts",
    "webapp.plans",
    "webapp.results",
    "webapp.intake",
    "webapp.prescriptions",
    "webapp.portal",
    "webapp.sharing",
    "webapp.desk",
    "webapp.studio",
    "webapp.reports",
    "webapp.privacy",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "webapp.base.house.ReadOncePerRequest",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "webapp.accounts.middleware.ActiveRole",
    "webapp.accounts.middleware.SessionLimits",
    "webapp.accounts.middleware.ByToken",
    "webapp.base.middleware.OwnLanguage",
    "webapp.base.middleware.NothingKept",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "webapp.base.access.ClosedUnlessOpened",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "webapp.urls"
ASGI_APPLICATION = "webapp.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "webapp.base.templatetags.pauta"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "webapp.base.navigation.shell",
            ],
        },
    }
]

# --- people
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if TEST:  # the same algorithm at its cheapest, so that a hundred logins do not take a minute
    PASSWORD_HASHERS = ["webapp.base.hashers.QuickArgon2", *PASSWORD_HASHERS]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "webapp.accounts.passwords.NotOneself"},
    {"NAME": "webapp.accounts.passwords.NotGuessable"},
]
DEMO_PASSWORD = env("DEMO_PASSWORD", default="" if PRODUCTION else "pauta-demo-2026")
DEMO_CODES = PAUTA_ENV == "development" and bool(DEMO_PASSWORD)  # the demo shows its own second step; no other does
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = None  # allauth would look addresses up, and keep a second copy, in clear
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip", "join": "20/m/ip"}  # what counts by account is axes' work
ACCOUNT_ADAPTER = "webapp.accounts.adapter.Adapter"
ACCOUNT_FORMS = {
    "login": "webapp.accounts.forms.LoginForm",
    "reset_password": "webapp.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "webapp.accounts.forms.ResetPasswordKeyForm",
    "change_password": "webapp.accounts.forms.ChangePasswordForm",
}
AXES_FAILURE_LIMIT = 10
AXES_USERNAME_FORM_FIELD = "username"  # the digest of the address, which is all that axes is ever told
AXES_SENSITIVE_PARAMETERS = ["login", "username", "next", "csrfmiddlewaretoken", "secret", "code"]
AXES_HANDLER = "webapp.accounts.lockout.Handler"
AXES_CLIENT_IP_CALLABLE = "webapp.accounts.lockout.blurred"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # who comes back too early does not wait longer for it
AXES_LOCKOUT_CALLABLE = "webapp.accounts.views.locked"
AXES_DISABLE_ACCESS_LOG = True  # the audit tells who came in
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_VERBOSE = False
MFA_ADAPTER = "webapp.accounts.mfa.Adapter"
MFA_TOTP_TOLERANCE = 1  # half minutes before and after: telephones are not always on time
MFA_RECOVERY_CODES_SHOW_ONCE = True
SESSION_ENGINE = "webapp.accounts.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_LIMITS = {  # how long somebody may be away, and how long a session lasts at most
    "staff": (timedelta(minutes=30), timedelta(hours=8)),
    "others": (timedelta(minutes=60), timedelta(hours=12)),
}
MESSAGE_STORAGE = "webapp.base.notices.SealedNotices"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "webapp.base.views.csrf_refused"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# What the clinic is called until its administrator says otherwise on the page of the clinic; so with the times below.
CLINIC_NAME = env("CLINIC_NAME", default="Clínica Alameda")

# --- languages, times, numbers
LANGUAGE_CODE = "es"
LANGUAGES = [("es", "Español"), ("en", "English")]
FORMAT_MODULE_PATH = ["webapp.formats"]
TIME_ZONE = environment.zone(env("CLINIC_TIME_ZONE", default="Europe/Madrid"))
USE_TZ = True

# --- static files
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles" if PRODUCTION else None  # elsewhere files are served from where they are
_hashed, _plain = "whitenoise.storage.CompressedManifest", "django.contrib.staticfiles.storage."
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": (_hashed if PRODUCTION else _plain) + "StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = PAUTA_ENV == "development"  # files rebuilt under a running server are served anew
WHITENOISE_MAX_AGE = 60 if PRODUCTION else 0

FILE_UPLOAD_HANDLERS = ["webapp.base.uploads.HeldInMemory"]  # no patient's file lies in clear in a folder

# --- what a browser may do with our pages
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if PRODUCTION:
    SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]  # monitors ask from inside, without TLS
    SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    if env.bool("BEHIND_PROXY", default=False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- what programs are answered with: no page, no form, no cookie of the framework's own
REST_FRAMEWORK = {"DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema"}
SPECTACULAR_SETTINGS = {
    "TITLE": "Pauta: the studio of protocols",
    "DESCRIPTION": "What lies on the shelf, drafts, and their way into force. It holds nothing about any patient.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SERVERS": [],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {"DraftState": ["open", "submitted", "published", "dropped"]},
}

# --- mail and log: neither ever carries a patient's data
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="clinica@localhost")
EMAIL_TIMEOUT = 20  # seconds
_files = "" if PRODUCTION else str(devdb.data_dir() / ("test-mail" if TEST else "mail"))
EMAIL_FILE_PATH = _files
if "EMAIL_URL" in os.environ:
    vars().update(env.email_url("EMAIL_URL"))
elif PAUTA_ENV == "development":
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
_host = next((name for name in ALLOWED_HOSTS if name.strip("*.")), "localhost")
_here = f"https://{_host}" if PRODUCTION else f"http://localhost:{env('PORT', default='8000')}"
SITE_URL = env("SITE_URL", default=_here).rstrip("/")
OUTBOX_FOLDER = EMAIL_FILE_PATH or _files
_folder = "webapp.outbox.transports.Folder"
_in_files = vars().get("EMAIL_BACKEND", "").endswith("filebased.EmailBackend")
OUTBOX_CHANNELS = {
    "email": _folder if _in_files else "webapp.outbox.transports.Mail",
    "sms": env("SMS_TRANSPORT", default="" if PRODUCTION else _folder),
    "push": env("PUSH_TRANSPORT", default="" if PRODUCTION else _folder),
}
PHARMACY_ADAPTER = env("PHARMACY_ADAPTER", default="" if PRODUCTION else "webapp.prescriptions.pharmacy.Folder")
PHARMACY_FOLDER = env("PHARMACY_FOLDER", default=f"{_files}-orders" if _files else "orders")
QUIET_HOURS = environment.hours(env("QUIET_HOURS", default="22-8"))
REVIEW_NOTICE_DAYS = [int(each) for each in env.list("REVIEW_NOTICE_DAYS", default=["60", "30", "0"])]
REMIND_DIARY_AFTER_DAYS = env.int("REMIND_DIARY_AFTER_DAYS", default=3)
REMIND_QUESTIONNAIRE_AFTER_DAYS = env.int("REMIND_QUESTIONNAIRE_AFTER_DAYS", default=2)
REMIND_DAYS_BEFORE_FOLLOW_UP = env.int("REMIND_DAYS_BEFORE_FOLLOW_UP", default=0)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "webapp.base.logs.WithoutWords",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
