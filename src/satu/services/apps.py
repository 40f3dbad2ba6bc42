"""Services: packages, cases and their workflow."""

from django.apps import AppConfig


class ServicesConfig(AppConfig):
    name = "satu.services"
    label = "services"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the standard operations before any package is loaded, and listen to life events."""
        from satu.services import standard_operations, triggers  # noqa: F401
