"""What the page says that comes after something was done."""

from collections.abc import Mapping
from types import MappingProxyType

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_DONE: Mapping[str, Promise] = MappingProxyType(
    {
        "approve": _("Approved. The request goes on by itself."),
        "refuse": _("Refused. The applicant reads your reason."),
        "correction": _("Sent back. The clock stands still until the applicant sends it again."),
        "noted": _("Taken note of."),
        "again": _("It is being tried again."),
        "taken": _("You work on this now. Others see it in their queue."),
        "released": _("You no longer work on this."),
        "file-removed": _("The file is taken away."),
        "kept": _("The filter is kept."),
        "replaced": _("The filter is kept. It takes the place of the one that had this name."),
        "renamed": _("The filter has its new name."),
        "removed": _("The filter is removed."),
        "added": _("Added. An invitation is on its way to her work address."),
        "rights": _("Changed. It holds from her next look."),
        "suspended": _("Suspended. She is signed out everywhere."),
        "absent": _("Entered. It shows in the queue on these days."),
        "back": _("Ended. What she had taken is hers again."),
        "invited": _("The invitation is on its way. One from before opens nothing any more."),
        "withdrawn": _("Withdrawn. The invitation opens nothing any more."),
        "resumed": _("She may sign in again."),
    }
)


def told(request: HttpRequest) -> str:
    """The sentence for ``?selesai=…``; nothing for anything else."""
    return str(_DONE.get(request.GET.get("selesai", ""), ""))
