from django.apps import AppConfig


class FinanceConfig(AppConfig):
    name = "satu.finance"
    label = "finance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from satu.finance import checks  # noqa: F401 - registers them
