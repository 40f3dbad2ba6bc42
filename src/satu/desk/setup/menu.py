"""What of the set-up stands in the menu under Pengaturan."""

from django.utils.translation import gettext_lazy as _

from satu.desk.setup.policies import administers
from satu.theme.navigation import Entry, offer_entry

_SETUP = (
    Entry("settings", 120, _("Systems"), icon="plug-connected", route="desk:setup-systems", shown=administers),
    Entry("settings", 130, _("Facts"), icon="database", route="desk:setup-facts", shown=administers),
    Entry("settings", 140, _("Services"), icon="briefcase", route="desk:setup-services", shown=administers),
    Entry("settings", 150, _("Agencies"), icon="building", route="desk:setup-agencies", shown=administers),
    Entry("settings", 160, _("Calendar"), icon="calendar", route="desk:setup-calendar", shown=administers),
    Entry("settings", 170, _("Templates"), icon="file-text", route="desk:setup-templates", shown=administers),
    Entry("settings", 180, _("Try a service"), icon="flask", route="desk:setup-sandbox", shown=administers),
    Entry("settings", 190, _("Not got through"), icon="refresh", route="desk:setup-untold", shown=administers),
)


def offer() -> None:
    for entry in _SETUP:
        offer_entry(entry)
