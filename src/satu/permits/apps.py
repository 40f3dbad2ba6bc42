from django.apps import AppConfig


class PermitsConfig(AppConfig):
    name = "satu.permits"
    label = "permits"

    def ready(self) -> None:
        from satu.permits import operations, sources, tasks  # noqa: F401 - they register themselves
