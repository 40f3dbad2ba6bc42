from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RegistryConfig(AppConfig):
    name = "satu.registry"
    label = "registry"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from satu.identity.areas import kelurahan_from
        from satu.registry.areas import every_kelurahan

        kelurahan_from(lambda: {area.code for area in every_kelurahan()})
        post_migrate.connect(_load_codes, sender=self)


def _load_codes(**_: Any) -> None:
    from satu.registry.models import Code
    from satu.registry.reference import load_codes

    load_codes(Code)
