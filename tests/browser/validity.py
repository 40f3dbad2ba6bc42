"""Whether a page is valid HTML: parsed as strictly as the standard says, then its content models and references.

``html5lib`` finds what a parser finds: what is unclosed, misnested, doubled. It builds a tree whatever it was given,
so the rest looks at the tree: what may stand in what (HTML Living Standard, 3.2.5 and 4), and that ids are one and
exist.
"""

from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib
from html5lib.constants import E as WORDING


def _elements(names: str) -> frozenset[str]:
    return frozenset(names.split())


FLOW_ONLY = _elements(
    "address article aside blockquote dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4"
    " h5 h6 header hgroup hr li main nav ol p pre search section table ul"
)
#: What has phrasing content only. ``legend``, ``summary`` may hold a heading as well.
PHRASING = _elements(
    "abbr b bdi bdo button cite code data dfn em h1 h2 h3 h4 h5 h6 i kbd label legend mark meter output p pre"
    " progress q s samp small span strong sub summary sup time u var"
)
HEADINGS = _elements("h1 h2 h3 h4 h5 h6")
TRANSPARENT = _elements("a del ins map")
INTERACTIVE = _elements("a button details embed iframe input label select textarea")
CHILDREN = {
    "ul": {"li"}, "ol": {"li"}, "menu": {"li"}, "dl": {"dt", "dd", "div"}, "select": {"option", "optgroup", "hr"},
    "table": {"caption", "colgroup", "thead", "tbody", "tfoot", "tr"}, "tr": {"td", "th"},
    "thead": {"tr"}, "tbody": {"tr"}, "tfoot": {"tr"},
}  # fmt: skip
SCRIPTS = frozenset({"script", "template"})
REFERENCES = ("for", "form", "list", "headers", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns",
              "aria-errormessage", "aria-activedescendant", "popovertarget")  # fmt: skip
GONE = _elements("align bgcolor border cellpadding cellspacing height-auto hspace nowrap valign vspace")
#: Elements on which a name for assistive technology means nothing (ARIA 1.2, 5.2.8.6).
NAMELESS = _elements("b code dd dt em i li p small span strong sub sup div")


def faults(html: str) -> Iterator[str]:
    """What is wrong, in words; nothing for a valid page. A part of a page is read as what stands in ``body``."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    whole = "<html" in html
    tree = parser.parse(html) if whole else parser.parseFragment(html, container="div")
    for (line, column), code, data in parser.errors:
        said = WORDING.get(code, code)
        yield f"line {line}, column {column}: {said % data if data else said}"
    yield from _ids(tree, whole=whole)
    yield from _content(tree, ())


def _ids(tree: Element, *, whole: bool) -> Iterator[str]:
    ids = Counter(element.get("id") for element in tree.iter() if element.get("id") is not None)
    yield from (f"id {name!r} stands {count} times" for name, count in ids.items() if count > 1)
    yield from (f"id {name!r} is empty or has a space" for name in ids if not name or " " in name)
    if not whole:
        return  # it refers to what the page around it has
    for element in tree.iter():
        for attribute in REFERENCES:
            for name in (element.get(attribute) or "").split():
                if name not in ids:
                    yield f"{attribute}={name!r} of <{element.tag}> leads to nothing"
        href = element.get("href") or ""
        if element.tag == "a" and href.startswith("#") and len(href) > 1 and href[1:] not in ids:
            yield f"the link {href} leads to nothing on its page"


def _content(element: Element, above: tuple[str, ...]) -> Iterator[str]:
    tag = element.tag
    if not isinstance(tag, str) or tag.startswith("{") or tag in {"svg", "math"}:
        return  # a comment, or a picture
    yield from _attributes(element)
    yield from _may_stand_here(tag, above)
    for child in element:
        if isinstance(child.tag, str):
            allowed = CHILDREN.get(tag)
            if tag == "div" and above and above[-1] == "dl":
                allowed = {"dt", "dd"}
            if allowed and child.tag not in allowed | SCRIPTS:
                yield f"<{child.tag}> stands in <{tag}>"
            yield from _content(child, (*above, tag))


def _may_stand_here(tag: str, above: tuple[str, ...]) -> Iterator[str]:
    parent = next((one for one in reversed(above) if one not in TRANSPARENT), "")
    if tag in FLOW_ONLY and parent in PHRASING and not (tag in HEADINGS and parent in {"legend", "summary"}):
        yield f"<{tag}> stands in <{parent}>"
    inside = next((one for one in reversed(above) if one in {"a", "button", "label"}), "")
    if tag in INTERACTIVE and inside and not (inside == "label" and tag in {"input", "select", "textarea"}):
        yield f"<{tag}> stands in <{inside}>: one can press one thing only"
    if tag in {"form", "main", "header", "footer"} and tag in above and tag in {"form", "main"}:
        yield f"<{tag}> stands in <{tag}>"
    if tag in {"dt", "dd"} and parent not in {"dl", "div"}:
        yield f"<{tag}> stands in <{parent}>"


def _attributes(element: Element) -> Iterator[str]:
    tag, given = element.tag, element.attrib
    for name in given:
        if name == "style" or name.startswith("on") or name in GONE:
            yield f"<{tag}> has {name}="
    if tag == "img" and "alt" not in given:
        yield "<img> has no alt"
    named = {"aria-label", "aria-labelledby"} & given.keys()
    if named and "role" not in given and tag in NAMELESS:
        yield f"<{tag}> has {named.pop()} and no role: nobody hears it"
    if tag == "label" and "for" in given and given.get("id") == given["for"]:
        yield "a label is its own"
    if given.get("role") in {"button", "link"} and tag in {"button", "a"}:
        yield f"<{tag} role={given['role']}> says it twice"
    if tag == "input" and given.get("type") in {"checkbox", "radio", "file", "hidden"} and "placeholder" in given:
        yield f"<input type={given['type']}> has a placeholder"
