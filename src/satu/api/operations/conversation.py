"""Files and messages of a request: the applicant's side, and the officer's."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _
from ninja import File, Form, UploadedFile

from satu.api.callers import actor
from satu.api.chapters import Chapter
from satu.api.once import token_of
from satu.api.schemas import cases as shapes
from satu.api.schemas import parts
from satu.api.schemas.parts import Made
from satu.kernel.errors import InvalidInput
from satu.services import actions, queries
from satu.theme.files import as_download

chapter = Chapter(_("Files and messages"), "resident")
_TEXTS, _FILES = frozenset({"text", "key"}), frozenset({"file", "files"})
_KEY = r"^[a-z][a-z0-9_]{0,59}$"
Key = Annotated[str, Form(pattern=_KEY, description=_("The key of the file that is asked for."), examples=["photo"])]
Text = Annotated[str, Form(max_length=4000, examples=["Mohon dicek lagi."])]
Sent = Annotated[UploadedFile, File(description=_("The file itself."))]
Files = Annotated[list[UploadedFile], File(description=_("Files that go with it; at most five."))]


@chapter.look("/cases/{uuid:case_id}/files", _("The files that a request asks for"), list[shapes.Upload])
def list_files(request: HttpRequest, case_id: UUID) -> object:
    return list(queries.uploads_of(case_id, by=actor(request)))


@chapter.act(
    "/cases/{uuid:case_id}/files",
    _("Send a file that is asked for"),
    Made,
    how="the-action-itself",
    status=201,
    about=_("In place of the one before. A scanner looks at it first; the same file again changes nothing."),
)
def send_file(request: HttpRequest, case_id: UUID, key: Key, file: Sent) -> dict[str, object]:
    refuse_other_parts(request)
    name, content = file.name or "", file.read()
    return {"id": actions.attach(case_id=case_id, key=key, name=name, content=content, by=actor(request))}


@chapter.look(
    "/files/{uuid:attachment_id}",
    _("A file that was sent"),
    bytes,
    kind="anyone",
    about=_("An officer's look at it stands in the applicant's access ledger."),
)
def download_file(request: HttpRequest, attachment_id: UUID) -> HttpResponse:
    return as_download(actions.open_attachment(attachment_id=attachment_id, by=actor(request)))


@chapter.remove("/files/{uuid:attachment_id}", _("Take a file away again"), kind="anyone")
def remove_file(request: HttpRequest, attachment_id: UUID) -> None:
    actions.remove_attachment(attachment_id=attachment_id, by=actor(request))


@chapter.look(
    "/cases/{uuid:case_id}/messages",
    _("What was written on a request"),
    parts.Conversation,
    about=_("From now on she has read it."),
)
def read_messages(request: HttpRequest, case_id: UUID) -> object:
    return actions.read_messages(case_id=case_id, by=actor(request))


@chapter.act(
    "/cases/{uuid:case_id}/messages",
    _("Write to the officers of a request"),
    Made,
    how="the-action-itself",
    status=201,
)
def write_message(request: HttpRequest, case_id: UUID, text: Text, files: Files = []) -> dict[str, object]:  # noqa: B006
    refuse_other_parts(request)
    posted = actions.post_message(
        case_id=case_id, text=text, token=token_of(request), files=sent(files), by=actor(request)
    )
    return {"id": posted}


def sent(files: Sequence[UploadedFile]) -> list[tuple[str, bytes]]:
    """Names and contents."""
    return [(file.name or "", file.read()) for file in files]


def refuse_other_parts(request: HttpRequest) -> None:
    """A text where a file belongs, or the other way round, is no part of a form of ours. Raises ``InvalidInput``."""
    wrong = (set(request.POST) - _TEXTS) | (set(request.FILES) - _FILES)
    if wrong:
        raise InvalidInput(gettext_lazy("There is no such field."), field=min(wrong))
