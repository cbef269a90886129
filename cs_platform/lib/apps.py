from django.apps import AppConfig


class LibConfig(AppConfig):
    name = "cs_platform.lib"
    label = "lib"
