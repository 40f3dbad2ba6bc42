from django.apps import AppConfig


class NameSearchConfig(AppConfig):
    name = "satu.registry.search"
    label = "name_search"
    default_auto_field = "django.db.models.BigAutoField"
