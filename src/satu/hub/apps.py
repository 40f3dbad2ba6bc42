from django.apps import AppConfig


class HubConfig(AppConfig):
    name = "satu.hub"
    label = "hub"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from satu.hub import checks  # noqa: F401
