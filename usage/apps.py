from django.apps import AppConfig


class UsageConfig(AppConfig):
    name = "usage"

    def ready(self):
        from accounts.queries.activity import count_active_days_with
        from usage.queries.accounts import active_days

        count_active_days_with(active_days)
