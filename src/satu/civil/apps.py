from django.apps import AppConfig


class CivilConfig(AppConfig):
    name = "satu.civil"
    label = "civil"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from satu.civil import checks, news, operations  # noqa: F401 - they register themselves
