"""A browser without JavaScript or styles: it follows links and sends forms, and reads what stands there."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.test import Client


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, str | list[str]] = field(default_factory=dict)


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self._open: Form | None = None
        self._silent = 0

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        if tag in {"script", "style"}:
            self._silent += 1
        if tag == "a":
            self.links.append(given.get("href", ""))
        if tag == "form":
            self._open = Form(given.get("action", ""), given.get("method", "get"))
            self.forms.append(self._open)
        chosen = "checked" in given or given.get("type") not in {"radio", "checkbox"}
        if tag in {"input", "textarea", "button"} and self._open is not None and given.get("name") and chosen:
            self._keep(self._open.fields, given)

    def _keep(self, fields, given):
        """A hidden field that stands there twice is sent twice."""
        name, value = given["name"], given.get("value", "")
        before = fields.get(name) if given.get("type") == "hidden" else None
        fields[name] = value if before is None else [*([before] if isinstance(before, str) else before), value]

    def handle_endtag(self, tag):
        if tag in {"script", "style"}:
            self._silent -= 1
        if tag == "form":
            self._open = None

    def handle_data(self, data):
        if not self._silent:
            self.words.append(data)


class Reader:
    """``text`` is what the last page says, with single spaces."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.html = ""
        self.status = 0
        self.text = ""
        self.path = ""
        self._page = _Parser()

    def _take(self, response) -> "Reader":
        if response.status_code in {301, 302}:
            return self.open(response["Location"])
        self.status, self.html = response.status_code, response.content.decode()
        self.path = response.wsgi_request.path
        self._page = _Parser()
        self._page.feed(self.html)
        self.text = re.sub(r"\s+", " ", " ".join(self._page.words)).strip()
        return self

    def open(self, path: str) -> "Reader":
        return self._take(self.client.get(path))

    @property
    def links(self) -> list[str]:
        return self._page.links

    def form(self, action_end: str) -> Form:
        return next(form for form in self._page.forms if form.action.endswith(action_end))

    def send(self, action_end: str, **fields: str) -> "Reader":
        """Send the form whose action ends so, with what stands in it and ``fields`` filled in."""
        form = self.form(action_end)
        return self._take(self.client.post(form.action or self.path, {**form.fields, **fields}))
