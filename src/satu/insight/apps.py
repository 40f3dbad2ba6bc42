from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InsightConfig(AppConfig):
    name = "satu.insight"
    label = "insight"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from satu.identity.policies import lands_on
        from satu.insight.policies import DUTY, sees_the_city
        from satu.theme import jinja
        from satu.theme.navigation import Entry, offer_entry

        offer_entry(
            Entry("desk", 50, _("City hall"), icon="chart-bar", route="insight:overview", shown=sees_the_city)
        )
        offer_entry(Entry("desk", 60, _("What is spared"), icon="leaf", route="spared:page"))
        jinja.offer("sees_the_city", sees_the_city)
        lands_on(DUTY, "/kota/")
