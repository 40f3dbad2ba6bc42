from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "satu.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from satu.identity.devices import device
        from satu.theme.jinja import offer_filter

        offer_filter("device", device)
