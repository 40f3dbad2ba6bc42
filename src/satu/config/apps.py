from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "satu.config"
    label = "config"

    def ready(self) -> None:
        from satu.config import checks  # noqa: F401 - registers itself
