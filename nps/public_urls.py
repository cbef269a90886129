"""What who is asked reaches: no session, no workspace."""

urlpatterns: list = []
