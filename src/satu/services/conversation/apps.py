"""Files and messages that go to and fro on a case."""

from django.apps import AppConfig


class ConversationConfig(AppConfig):
    name = "satu.services.conversation"
    label = "conversation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what ``satu check`` looks at."""
        from satu.services.conversation import checks  # noqa: F401
