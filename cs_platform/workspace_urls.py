"""What is reached inside a workspace, below /t/<slug>/."""

handler500 = "cs_platform.lib.outage.server_error"

urlpatterns = []
