from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "satu.portal"
    label = "portal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from satu.messaging.queries import unread_count
        from satu.theme.jinja import offer

        offer("unread_notices", lambda request: unread_count(request.user.actor))
