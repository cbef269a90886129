from health.views.scores import history, login_event_create, panel, scorecard

__all__ = ["history", "login_event_create", "panel", "scorecard"]
