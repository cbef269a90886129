from usage.queries.accounts import active_days, activity, minutes_by_day, usage_of

__all__ = ["active_days", "activity", "minutes_by_day", "usage_of"]
