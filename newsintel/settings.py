"""All settings, read top to bottom; every value that differs between installations comes from the environment."""

from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from newsintel.env import envbool, envint, envlist, envsecret, envtext

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(envtext("NEWSINTEL_VAR", str(BASE_DIR / "var")))

# --- who may talk to us -------------------------------------------------------------------------
DEBUG = envbool("DEBUG", default=False)
SECRET_KEY = envsecret("SECRET_KEY", VAR_DIR / "secret-key")
ALLOWED_HOSTS = envlist("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = envlist("CSRF_TRUSTED_ORIGINS")
HTTPS = envbool("HTTPS", default=False)  # behind a proxy that ends TLS and sets X-Forwarded-Proto

# --- applications -------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "axes",
    "csp",
    "articles",
    "analysis",
    "reports",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads its answers and CSRF tokens are masked: no BREACH
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "newsintel.urls"
WSGI_APPLICATION = "newsintel.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["django.templatetags.static", "django.contrib.humanize.templatetags.humanize"],
        },
    },
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "environment": "articles.templatetags.repeated.environment",
            "trim_blocks": True,
            "lstrip_blocks": True,
        },
    },
]

# --- Postgres -----------------------------------------------------------------------------------


def database(url: str) -> dict[str, object]:
    """A Django database entry from postgresql://user:password@host:port/name?host=/socket/dir&sslmode=…"""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://.")
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    host = options.pop("host", parts.hostname or "")
    timeout = f"-c statement_timeout={envint('STATEMENT_TIMEOUT_MS', 15000)}"
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "newsintel",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": envint("CONN_MAX_AGE", 600),
        "CONN_HEALTH_CHECKS": True,  # a restarted server must not cost a page
        "OPTIONS": {**options, "options": timeout},
    }


DATABASES = {
    "default": database(envtext("DATABASE_URL", f"postgresql://postgres@/newsintel?host={VAR_DIR}/run"))
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis protocol server: the broker of hints, and the cache ------------------------------------
REDIS_URL = envtext("REDIS_URL", f"redis+socket://{VAR_DIR}/run/valkey.sock")
CACHES = {
    "default": {
        "BACKEND": "newsintel.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL.replace("redis+socket://", "unix://"),
        "TIMEOUT": 300,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
    }
}

# --- Celery: a message is only a hint; the rows hold the state (docs/decisions/0002) ---------------
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2, "socket_timeout": 30}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 2000  # spaCy's string store grows; a fresh fork is cheap
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "analyze"
CELERY_TASK_ROUTES = {
    "analysis.tasks.fetch_article": {"queue": "fetch"},
    "analysis.tasks.write_draft": {"queue": "fetch"},  # it waits, it does not think
}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "reconcile": {"task": "analysis.tasks.reconcile", "schedule": 15, "options": {"expires": 12}},
    "group-stories": {"task": "analysis.tasks.group_stories", "schedule": 15, "options": {"expires": 12}},
    "poll-sources": {"task": "analysis.tasks.poll_sources", "schedule": 60, "options": {"expires": 50}},
}

# --- people ---------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "newsintel.accounts.AccountBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "analysis:dashboard"
LOGOUT_REDIRECT_URL = "login"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "registration/locked.html"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 14 * 24 * 3600

# --- language and time ------------------------------------------------------------------------------
LANGUAGE_CODE = "en-us"
TIME_ZONE = envtext("TIME_ZONE", "UTC")
USE_I18N = True
USE_TZ = True

# --- files ------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "staticfiles"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns about a missing folder at every start
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "newsintel.staticfiles.CollectedStorage"},
}
WHITENOISE_USE_FINDERS = True  # what was not collected (tests, the administration) is served all the same
WHITENOISE_MAX_AGE = 3600
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024

# --- security headers -------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = envint("HSTS_SECONDS", 31536000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None

# --- limits and knobs of our own ----------------------------------------------------------------------
FETCH_ALLOWED_PORTS = frozenset({80, 443, *(int(port) for port in envlist("FETCH_EXTRA_PORTS"))})
FETCH_ALLOW_LOOPBACK = envbool(
    "FETCH_ALLOW_LOOPBACK", default=False
)  # for tests: pages served on this machine
FETCH_RESPECT_ROBOTS = envbool("FETCH_RESPECT_ROBOTS", default=True)
FETCH_HOST_DELAY_MS = envint("FETCH_HOST_DELAY_MS", 1000)  # between two requests to one host
FETCH_USER_AGENT = envtext("FETCH_USER_AGENT", "newsintel/0.1 (research desk; respects robots.txt)")
TEXT_MAX_CHARACTERS = envint("TEXT_MAX_CHARACTERS", 1_000_000, minimum=1000)
UPLOAD_MAX_BYTES = envint("UPLOAD_MAX_BYTES", 5 * 1024 * 1024, minimum=1024)
LEASE_SECONDS = envint("LEASE_SECONDS", 60, minimum=5)
MAX_ATTEMPTS = envint("MAX_ATTEMPTS", 5, minimum=1)
RECONCILE_AFTER_SECONDS = envint("RECONCILE_AFTER_SECONDS", 5, minimum=1)

# --- the writer: an OpenAI-compatible endpoint that may draft summaries; without it nothing is missing --------


def endpoint(url: str, model: str) -> str:
    """The base address of a writer without its last slash, "" for none; raises ImproperlyConfigured for a bad one."""
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    if (
        not is_good
        or "@" in parts.netloc
        or parts.query
        or parts.fragment
        or not url.isprintable()
        or " " in url
    ):
        raise ImproperlyConfigured(
            "WRITER_URL must look like http://127.0.0.1:11434/v1, without name and query."
        )
    if not model:
        raise ImproperlyConfigured("WRITER_URL is set, so WRITER_MODEL must name the model to ask.")
    return url.rstrip("/")


WRITER_MODEL = envtext("WRITER_MODEL").strip()
WRITER_URL = endpoint(envtext("WRITER_URL").strip(), WRITER_MODEL)
WRITER_API_KEY = envtext("WRITER_API_KEY").strip()
WRITER_SECONDS = envint("WRITER_SECONDS", 60, minimum=1)  # for a whole draft

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": envtext("LOG_LEVEL", "INFO")},
    "loggers": {
        "axes": {"level": "WARNING"},
        "trafilatura": {"level": "CRITICAL"},
        "htmldate": {"level": "CRITICAL"},
        "readability": {"level": "CRITICAL"},
        "kombu": {"level": "WARNING"},
    },
}
SILENCED_SYSTEM_CHECKS = (
    []
    if HTTPS
    # Without TLS in front (a desk's own machine, loopback) these cannot be on; HTTPS=1 turns all of them on.
    else ["security.W004", "security.W008", "security.W012", "security.W016", "security.W021"]
)
