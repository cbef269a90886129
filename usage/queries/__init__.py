from usage.queries.accounts import active_days, activity, usage_of

__all__ = ["active_days", "activity", "usage_of"]
