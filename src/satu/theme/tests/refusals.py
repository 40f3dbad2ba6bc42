"""What a page says that refuses what was sent: everywhere the same, and every test that sees one looks at it."""

from html.parser import HTMLParser

_BEGINNINGS = ("Kesalahan: ", "Error: ")


class _Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.described: set[str] = set()
        self.title = ""
        self.summaries = 0
        self.leads_to: list[str] = []
        self.messages: list[str] = []
        self._depth = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        classes = given.get("class", "").split()
        self.ids.add(given.get("id", ""))
        self.described |= set(given.get("aria-describedby", "").split())
        if "govuk-error-message" in classes:
            self.messages.append(given.get("id", ""))
        if "govuk-error-summary" in classes:
            self.summaries += 1
        if tag == "div" and (self._depth or "govuk-error-summary" in classes):
            self._depth += 1
        if tag == "a" and self._depth:
            self.leads_to.append(given.get("href", "").removeprefix("#"))

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag == "div" and self._depth > 0

    def handle_data(self, data: str) -> None:
        if self.lasttag == "title" and not self.title:
            self.title = data


def faults(html: str) -> list[str]:
    """What the page does otherwise than the others: title, one summary, its links, and a message at each field."""
    page = _Page(html)
    nowhere = sorted(set(page.leads_to) - page.ids)
    silent = [one for one in page.messages if not one or one not in page.described]
    found = {
        f"the title does not begin with it: {page.title}": not page.title.startswith(_BEGINNINGS),
        f"there are {page.summaries} summaries of errors": page.summaries != 1,
        f"the summary leads nowhere: {nowhere}": bool(nowhere),
        f"a message belongs to no field: {silent}": bool(silent),
    }
    return [what for what, is_so in found.items() if is_so]
