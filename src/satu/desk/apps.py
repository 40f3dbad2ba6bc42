from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "satu.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from satu.permits.queries import looks_after_licences
        from satu.theme import jinja

        jinja.offer("looks_after_licences", looks_after_licences)
