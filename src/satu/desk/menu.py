"""What stands in the desk's menu, and for whom."""

from django.utils.translation import gettext_lazy as _

from satu.desk.reports import answers_reports
from satu.hub.queries import reasons_for
from satu.identity.roster import is_administrator
from satu.identity.types import Actor
from satu.permits.queries import looks_after_licences
from satu.theme.navigation import Entry, has_entries, offer_entry


def offer() -> None:
    """The desk's own pages. Other packages offer theirs beside them: ``settings`` is the menu under Pengaturan."""
    offer_entry(Entry("desk", 10, _("Tasks"), icon="checklist", route="desk:tasks"))
    people = ("/desk/orang/", "/desk/cari/", "/desk/alasan/")
    offer_entry(Entry("desk", 20, _("People"), icon="users", route="desk:home", shown=looks_people_up, under=people))
    offer_entry(
        Entry("desk", 30, _("Licences"), icon="certificate", route="desk:licences", shown=looks_after_licences)
    )
    offer_entry(Entry("desk", 35, _("Reported as wrong"), icon="flag", route="desk:reports", shown=answers_reports))
    offer_entry(Entry("desk", 40, _("Settings"), icon="settings", route="desk:settings", shown=has_settings))
    offer_entry(
        Entry("settings", 10, _("Officers"), icon="users-group", route="desk:officers", shown=is_administrator)
    )
    offer_entry(Entry("settings", 20, _("Workload"), icon="scale", route="desk:workload", shown=is_administrator))


def looks_people_up(actor: Actor) -> bool:
    """Whether any duty of hers gives a reason to look for somebody."""
    return bool(reasons_for(actor))


def has_settings(actor: Actor) -> bool:
    """Whether any page under Pengaturan is hers."""
    return has_entries("settings", actor)
