"""One settings file. Everything comes from the environment (`MELDROUTE_*`), and what is not said is closed."""

import os
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from meldroute.project import environment, sign_on

DATA = environment.data_folder()

# Names that other rooms read.
MELDROUTE_DATA = DATA
MELDROUTE_KEYRING = Path(os.environ.get("MELDROUTE_KEYRING") or DATA / "keys" / "keyring.json")
MELDROUTE_PACKS = environment.folder("MELDROUTE_PACKS")  # extra policy packs; None: only those in the package
MELDROUTE_PACK = os.environ.get("MELDROUTE_PACK", "oost-brabant")
MELDROUTE_BASE_URL = environment.base_url()
MELDROUTE_DIGEST_TO = os.environ.get("MELDROUTE_DIGEST_TO", "")  # who keeps the daily digest, outside
MELDROUTE_WORKERS = environment.whole_number("MELDROUTE_WORKERS", default=1)
MELDROUTE_LEAVE_TO = environment.leave_to()
MELDROUTE_ESCROW_TO = environment.words("MELDROUTE_ESCROW_TO", default="")  # public age keys: backups, escrow
MELDROUTE_BACKUP_FOLDER = environment.folder("MELDROUTE_BACKUP_FOLDER")
MELDROUTE_SCANNER = environment.scanner()  # "" where none is named: then no file can be added
MELDROUTE_MEMORY = environment.memory_folder(DATA)
MELDROUTE_SSO = sign_on.providers()
MELDROUTE_HTTPS = MELDROUTE_BASE_URL.startswith("https://")
MELDROUTE_TRUSTED_PROXY = environment.words("MELDROUTE_TRUSTED_PROXY", default="")  # addresses of the proxy in front

SECRET_KEY = environment.secret_key(DATA)
DEBUG = False  # and no way to switch it on: a debug page shows what a signal says
ALLOWED_HOSTS = environment.words("MELDROUTE_ALLOWED_HOSTS", default="localhost 127.0.0.1 [::1]")
CSRF_TRUSTED_ORIGINS = [MELDROUTE_BASE_URL] if MELDROUTE_HTTPS else []

ROOT_URLCONF = "meldroute.project.urls"
WSGI_APPLICATION = "meldroute.project.wsgi.application"

# No admin: it would be a second door around services, access and history.
INSTALLED_APPS = [
    "meldroute.storage.apps.StorageConfig",
    "meldroute.web.apps.WebConfig",  # before the libraries whose templates it replaces
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "meldroute.web.outside_door.leaves_nothing",  # outermost: whatever the others set, a visitor from outside takes nothing home
    "meldroute.web.proxy.believe_only_the_proxy",  # before all who ask where a request came from
    "django.middleware.security.SecurityMiddleware",
    "meldroute.web.headers.closed_by_default",
    "meldroute.web.boundary.closed_at_first",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "meldroute.web.destroyed.DestroyedSignals",
    "meldroute.web.accounts.sessions.BindsSession",
    "meldroute.web.accounts.second_factor.AsksSecondFactor",
    "meldroute.web.accounts.confirming.AsksConfirmation",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            # Not the one for `user`: a page gets cards, never rows.
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "meldroute.web.frame.frame",
            ],
        },
    }
]
FORM_RENDERER = "meldroute.web.forms_base.MeldrouteRenderer"

# Reads open no `atomic`: on SQLite every page would otherwise hold the only writer.
DATABASES = {"default": environment.database(DATA) | {"ATOMIC_REQUESTS": False}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Limits on sign-in must hold across worker processes, so memory of one process will not do. The table is small and
# written at sign-in and when somebody uses a page for citizens. A key (which may come from an address) is stored as a keyed hash.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "meldroute_cache",
        "KEY_FUNCTION": "meldroute.project.cache.hashed_key",
        "OPTIONS": {"MAX_ENTRIES": 50_000},  # the default 300 would let one attacker push out another's count
    }
}

# People
AUTH_USER_MODEL = "meldroute.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["meldroute.storage.passwords.BoundedArgon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "meldroute.storage.passwords.PredictablePasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "meldroute.web.accounts.adapter.ClosedAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # allauth wants them named; the adapter closes the door
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by the functional manager, who knows the address
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
# Per account and per address, never for all: passwords in web/accounts/limits.py, the rest here. A whole town hall shares
# one address, so what is per address ("ip": a hash that lives an hour) is wide and only slows down floods.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": None,
    "reset_password": "300/m/ip,3/10m/key",
    "reset_password_from_key": "300/m/ip",
    # Codes of a second factor, per account: who types them knows the password, and a day's guesses stay hopeless.
    "second_factor": "5/5m/key,30/d/key",
}
ACCOUNT_EMAIL_NOTIFICATIONS = False  # the library's mails carry a network address; our own notices do not

# Second factor
MFA_ADAPTER = "meldroute.web.accounts.mfa_adapter.SealingAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # with a fingerprint, face or code: a key that was found opens nothing
MFA_RATE_LIMITS = {"webauthn_login": "600/m/ip"}  # there is nothing to guess
MFA_FORMS = {
    "authenticate": "meldroute.web.accounts.forms.AuthenticateForm",
    "reauthenticate": "meldroute.web.accounts.forms.ReauthenticateForm",
    "activate_totp": "meldroute.web.accounts.forms.ActivateTOTPForm",
    "authenticate_webauthn": "meldroute.web.accounts.forms.AuthenticatePasskeyForm",
    "login_webauthn": "meldroute.web.accounts.forms.LoginPasskeyForm",
    "reauthenticate_webauthn": "meldroute.web.accounts.forms.ReauthenticatePasskeyForm",
    "add_webauthn": "meldroute.web.accounts.forms.AddPasskeyForm",
}

# Sessions
SESSION_ENGINE = "meldroute.project.sessions"  # how long one lasts stands in rules/sessions.py
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = MELDROUTE_HTTPS
SESSION_COOKIE_NAME = "__Host-session" if MELDROUTE_HTTPS else "meldroute-session"
CSRF_COOKIE_NAME = "__Host-csrf" if MELDROUTE_HTTPS else "meldroute-csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "meldroute.web.failures.csrf_failure"
CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # nothing said to a person in a cookie

# Behind a proxy: it says for whom it asks and whether the line is safe, and web/proxy.py believes nobody else.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if MELDROUTE_TRUSTED_PROXY else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if MELDROUTE_TRUSTED_PROXY else None
SECURE_SSL_REDIRECT = MELDROUTE_HTTPS and bool(MELDROUTE_TRUSTED_PROXY)

# Headers
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if MELDROUTE_HTTPS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
# Others hear no referrer at all. "no-referrer" would also hide it from ourselves: browsers then send `Origin: null`
# with every form, and the check against forged forms refuses it.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "require-trusted-types-for": ["'script'"],
    }
}

# A form holds a story, never a file: what is larger is refused before it is read. The one page that takes a file has
# a handler of its own, which keeps it in memory: nothing unsealed on a disk.
DATA_UPLOAD_MAX_MEMORY_SIZE = 512 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 1
FILE_UPLOAD_HANDLERS = ["meldroute.web.uploads.NoFileHere"]

# Mail
EMAIL_BACKEND = environment.mail_backend()
EMAIL_FILE_PATH = DATA / "mail"
EMAIL_HOST = os.environ.get("MELDROUTE_SMTP_HOST", "")
EMAIL_PORT = environment.whole_number("MELDROUTE_SMTP_PORT", default=25)
EMAIL_HOST_USER = os.environ.get("MELDROUTE_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("MELDROUTE_SMTP_PASSWORD", "")
SMTP_SECURITY = environment.one_of("MELDROUTE_SMTP_SECURITY", ("", "starttls", "tls"), default="")
EMAIL_USE_TLS, EMAIL_USE_SSL = SMTP_SECURITY == "starttls", SMTP_SECURITY == "tls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("MELDROUTE_SMTP_FROM", "meldroute@localhost")

# Language and time: UTC in the database, Amsterdam on the screen
USE_TZ = True
TIME_ZONE = "Europe/Amsterdam"
USE_I18N = True
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", _("Dutch")), ("en", _("English"))]
LOCALE_PATHS = [environment.PACKAGE / "web" / "locale"]

# Static files
STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

LOG_LEVELS = ("CRITICAL", "ERROR", "WARNING", "INFO", "DEBUG")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"quiet": {"()": "meldroute.project.logs.QuietFormatter"}},
    "filters": {"no_paths": {"()": "meldroute.project.logs.NoPaths"}},
    "handlers": {
        "stderr": {"()": "meldroute.project.logs.QuietHandler", "formatter": "quiet", "filters": ["no_paths"]},
    },
    "root": {"handlers": ["stderr"], "level": environment.one_of("MELDROUTE_LOG_LEVEL", LOG_LEVELS, default="WARNING")},
    # Django's own handlers would mail or print a request as it came in.
    "loggers": {"django": {"handlers": [], "level": "WARNING", "propagate": True}},
}
