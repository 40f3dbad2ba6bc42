from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "satu.documents"
    label = "documents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from satu.documents import checks  # noqa: F401 - registers them
