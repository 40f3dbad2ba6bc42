from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "satu.messaging"
    label = "messaging"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from satu.messaging import checks  # noqa: F401 - registers them
