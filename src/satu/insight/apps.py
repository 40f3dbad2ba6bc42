from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "satu.insight"
    label = "insight"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from satu.identity.policies import lands_on
        from satu.insight.policies import DUTY, sees_the_city
        from satu.theme import jinja

        jinja.offer("sees_the_city", sees_the_city)
        lands_on(DUTY, "/kota/")
