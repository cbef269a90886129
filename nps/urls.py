app_name = "nps"

urlpatterns: list = []
