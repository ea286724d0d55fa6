"""How it is wired: settings, sites, the Celery application, and the runtime that starts it all."""
