"""One file, in Django's own order; every value from the environment.

Without DATABASE_URL or REDIS_URL the built-in servers of `embedded` are used.
"""

import hashlib
import hmac
import secrets
from pathlib import Path

import environ
from csp.constants import NONCE
from django.utils.translation import gettext_lazy as _

from cs_platform import embedded
from cs_platform.api_enums import ENUM_NAMES
from cs_platform.lib import logs

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")
VAR = env.path("VAR_DIR", default=str(BASE_DIR / "var"))
VAR = Path(str(VAR))


def _kept_secret():
    """A secret key made once for this folder: for development and the demo."""
    path = VAR / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()


def _role_password(role):
    """A role's password when none is configured: derived, so that it needs no store."""
    return hmac.new(SECRET_KEY.encode(), role.encode(), hashlib.sha256).hexdigest()


# Core

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or _kept_secret()
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# The address people and programs reach us at: in mails and settings pages.
SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{env.str('PORT', '8000')}")
IS_HTTPS = env.bool("HTTPS", default=SITE_URL.startswith("https://"))

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_filters",
    "django_htmx",
    "django_prometheus",
    "django_structlog",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "lucide",
    "rest_framework",
    "template_partials",
    "cs_platform.lib",
    "tenants",
    "messaging",
    "accounts",
    "worklist",
    "usage",
    "nps",
    "health",
    "renewals",
    "qbr",
    "insights",
    "integrations",
]

MIDDLEWARE = [
    "usage.middleware.UsageMiddleware",
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "cs_platform.lib.outage.OutageMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tenants.middleware.WorkspaceMiddleware",
    "tenants.middleware.ApiKeyMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]

ROOT_URLCONF = "cs_platform.urls"
WSGI_APPLICATION = "cs_platform.wsgi.application"
APPEND_SLASH = False  # a redirect turns a client's POST into a GET: silent loss

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cs_platform.frame.context",
            ],
            "builtins": [
                "template_partials.templatetags.partials",
                "cs_platform.lib.templatetags.ui",
            ],
        },
    },
]
FORM_RENDERER = "cs_platform.lib.form_renderer.FormRenderer"

# Database: one PostgreSQL, three roles (docs/architecture.md)

if env.str("DATABASE_URL", default=""):
    _owner = env.db("DATABASE_URL")
    EMBEDDED_SUPERUSER = None
elif env.str("APP_DATABASE_URL", default=""):
    # Web and workers need not know the owner's password; `migrate` refuses this one.
    _owner = env.db("APP_DATABASE_URL")
    EMBEDDED_SUPERUSER = None
else:
    _servers = embedded.ensure(VAR)
    EMBEDDED_SUPERUSER = _servers.superuser_dsn
    _owner = {
        "HOST": _servers.pg_socket_dir,
        "NAME": "cs_platform",
        "USER": "cs_owner",
        "PASSWORD": _role_password("cs_owner"),
    }
_database = {
    **_owner,
    "ENGINE": "cs_platform.lib.postgres",
    "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60),
    "CONN_HEALTH_CHECKS": True,
    "DISABLE_SERVER_SIDE_CURSORS": True,
}
_database.setdefault("OPTIONS", {})
_database["OPTIONS"] = {"connect_timeout": 5} | _database["OPTIONS"]


def _role(variable, name):
    """The connection of one role: its own URL, or derived from the owner's."""
    own = env.db(variable) if env.str(variable, default="") else {}
    name = f"{_owner['NAME']}_{name}"[:63]
    own = own or {"USER": name, "PASSWORD": _role_password(name)}
    return _database | own | {"ENGINE": _database["ENGINE"]}


DATABASES = {
    # Web and workers: owns nothing, cannot pass row-level security.
    "default": _role("APP_DATABASE_URL", "app") | {"ATOMIC_REQUESTS": True},
    # The few jobs that look over the wall: reads only.
    "ops": _role("OPS_DATABASE_URL", "ops"),
    # Migrations only.
    "owner": _database,
}
DATABASE_ROUTERS = ["tenants.router.WallRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATEMENT_TIMEOUT = env.str("STATEMENT_TIMEOUT", default="10s")

# Redis: work and short-lived state; may lose everything at any time

REDIS_URL = env.str("REDIS_URL", default="") or embedded.ensure(VAR).redis_url
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cs",
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
    }
}

# Sign-in

AUTH_USER_MODEL = "tenants.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# Without a mail server nobody could read the message that verifies an address.
ACCOUNT_EMAIL_VERIFICATION = env.str(
    "ACCOUNT_EMAIL_VERIFICATION",
    default="mandatory" if env.str("EMAIL_URL", default="") else "optional",
)
ACCOUNT_ADAPTER = "tenants.adapter.AccountAdapter"
ACCOUNT_SIGNUP_FORM_CLASS = "tenants.forms.SignUpForm"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_REDIRECT_URL = "/sign-in/"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
MFA_ADAPTER = "tenants.adapter.SecondFactorAdapter"
MFA_TOTP_ISSUER = "CS Platform"
MFA_RECOVERY_CODES_SHOW_ONCE = False
# Where an address need not be verified to sign in, it need not be for more safety.
MFA_ALLOW_UNVERIFIED_EMAIL = True

SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_NAME = "__Host-sessionid" if IS_HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if IS_HTTPS else "csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = IS_HTTPS
# A redirected POST becomes a GET without a body: machines are never redirected.
SECURE_REDIRECT_EXEMPT = [r"^(v1|api|beacon|sourceConfig|healthz|readyz|metrics)(/|$)"]
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
# Who asks is then whom the proxy names last in X-Forwarded-For (lib/place.py).
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 2**20
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'", NONCE],
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# Languages and time

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ru", _("Russian"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Static files

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [path for path in [BASE_DIR / "static"] if path.exists()]
STATICFILES_FINDERS = [
    "cs_platform.lib.finders.AssetFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
# Made from packages and our own parts when first asked for.
ASSETS_DIR = VAR / "assets"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "cs_platform.lib.static_storage.StaticFilesStorage"
        if not DEBUG
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_MAX_AGE = 3600
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# Mail: SMTP when configured, otherwise files one can open

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="filemail:///" + str(VAR / "mail"))
vars().update(EMAIL_CONFIG)
if not env.str("EMAIL_URL", default=""):
    EMAIL_FILE_PATH = str(VAR / "mail")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="CS Platform <cs@localhost>")

# Programs

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "CS Platform API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": ENUM_NAMES,
    "DEFAULT_GENERATOR_CLASS": "tenants.api.openapi.Generator",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "PREPROCESSING_HOOKS": ["cs_platform.lib.api.schema.only_api"],
}
# How often one API key, and all keys of a workspace together, may ask.
# Usage: messages one source may send, how long a body may take (and a second for each
# 64 kB of it), and for how many days single events are kept.
USAGE_RATE_PER_SOURCE = env.str("USAGE_RATE_PER_SOURCE", default="6000000/minute")
USAGE_BODY_SECONDS = env.float("USAGE_BODY_SECONDS", default=30)
USAGE_RETENTION_DAYS = env.int("USAGE_RETENTION_DAYS", default=400)
API_RATE_PER_KEY = env.str("API_RATE_PER_KEY", default="1200/minute")
API_RATE_PER_TENANT = env.str("API_RATE_PER_TENANT", default="6000/minute")
# How often one calendar address, and who guesses at them from one place, may ask.
CALENDAR_RATE = env.str("CALENDAR_RATE", default="30/minute")
# How often one address of a report, and who guesses at them from one place, may ask.
REPORT_RATE = env.str("REPORT_RATE", default="60/minute")
# The same of the link of a survey, a kiosk, or a snippet in front of one person.
SURVEY_RATE = env.str("SURVEY_RATE", default="60/minute")
# Judges the words of answers: a function of a text and a language (docs/answers.md).
SURVEY_SENTIMENT = env.str("SURVEY_SENTIMENT", default="nps.sentiment.judge")

# Workers (each value measured: docs/adr/0003-a-fact-is-a-row-a-task-is-a-hint.md)

CELERY_BROKER_URL = (
    REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
    if REDIS_URL.startswith("unix://")
    else REDIS_URL
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 30,
    "socket_connect_timeout": 3,
    "health_check_interval": 25,
}
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_TASK_DEFAULT_QUEUE = "default"
# One tenant's million events never delay another's reminder.
CELERY_TASK_ROUTES = {
    "usage.*": {"queue": "ingest"},
    # Minutes of arithmetic on the past never delay the score of a fact of now.
    "health.run_backtests": {"queue": "learning"},
    "health.judge_risks": {"queue": "learning"},
    "health.learn_risk": {"queue": "learning"},
    "health.compare_accounts": {"queue": "learning"},
    "health.*": {"queue": "scoring"},
    "renewals.*": {"queue": "reminders"},
    "nps.*": {"queue": "reminders"},
    # Two hundred reports at once delay nobody's reminder.
    "qbr.make_reports": {"queue": "documents"},
    "qbr.*": {"queue": "reminders"},
    "messaging.*": {"queue": "messages"},
}
# Ticklers only: each sweeps what the database says is due. None, one or five beats
# change nothing but load.
CELERY_BEAT_SCHEDULE = {
    "roll-up": {"task": "usage.sweep_rollups", "schedule": 10},
    "partitions": {"task": "usage.keep_partitions", "schedule": 3600},
    "silence": {"task": "usage.sweep_silence", "schedule": 300},
    "score": {"task": "health.sweep_touches", "schedule": 15},
    "score-nightly": {"task": "health.sweep_nightly", "schedule": 600},
    "arrivals": {"task": "health.sweep_arrivals", "schedule": 3600},
    "learn": {"task": "health.sweep_learning", "schedule": 60},
    "remind": {"task": "renewals.sweep_reminders", "schedule": 60},
    # Weeks begin at each workspace's own Monday.
    "forecast": {"task": "renewals.sweep_forecasts", "schedule": 900},
    "standard-path": {"task": "renewals.sweep_standard_path", "schedule": 300},
    "growth": {"task": "renewals.sweep_growth", "schedule": 4 * 3600},
    "ask-customers": {"task": "nps.sweep_surveys", "schedule": 120},
    # Days begin at each workspace's own midnight.
    "reviews": {"task": "qbr.sweep_plans", "schedule": 3600},
    "commitments": {"task": "qbr.sweep_commitments", "schedule": 60},
    "reports": {"task": "qbr.sweep_reports", "schedule": 15},
    "deliver": {"task": "messaging.sweep_outbox", "schedule": 10},
    "hand-over": {"task": "worklist.sweep_handovers", "schedule": 60},
    "escalate": {"task": "worklist.sweep_escalations", "schedule": 60},
    "follow-up": {"task": "nps.sweep_follow_ups", "schedule": 60},
    "import": {"task": "integrations.sweep_imports", "schedule": 60},
    "forget-replies": {"task": "tenants.sweep_replies", "schedule": 24 * 3600},
    # Contracts begin and end at each workspace's own midnight.
    "revenue": {"task": "accounts.sweep_revenue", "schedule": 900},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "celerybeat-schedule")

# Logs: one JSON object a line

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "structlog.stdlib.ProcessorFormatter",
            "processor": "ext://cs_platform.lib.logs.json_line",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
}
logs.configure()

# The address is unique, whatever its case: a constraint on lower(email).
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
