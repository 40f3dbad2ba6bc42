"""What a form of questions sends, as ``services`` reads it: text, and JSON text where a question has several parts.

Each question on a page comes with a field ``asked``, its key and type, so that what was not on the page is known.
Where other fields stand beside them, the names of the questions begin with a ``prefix``.
"""

import json

from django.http import QueryDict

ADDRESS_PARTS = ("line", "rt", "rw", "kelurahan")


def posted_answers(post: QueryDict, prefix: str = "") -> dict[str, str]:
    """By question. Whatever else came along is left to ``services``, which looks at answers to questions only."""
    named = {key: str(text) for key, text in post.dict().items() if key.startswith(prefix)}
    answers = {key.removeprefix(prefix): text for key, text in named.items()}
    for asked in post.getlist("asked"):
        key, _colon, kind = asked.partition(":")
        if kind == "members":
            answers[key] = json.dumps(post.getlist(prefix + key))
        elif kind == "address":
            parts = {part: post.get(f"{prefix}{key}-{part}", "") for part in ADDRESS_PARTS}
            answers[key] = json.dumps(parts) if any(parts.values()) else ""
    return answers


def was_asked(key: str, post: QueryDict) -> bool:
    """Whether the form that was sent had this question in it."""
    return any(asked.partition(":")[0] == key for asked in post.getlist("asked"))
