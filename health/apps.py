from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "health"

    def ready(self):
        from accounts.queries.timeline import SOURCES
        from health.queries.judgements import judged

        SOURCES.append(judged)
