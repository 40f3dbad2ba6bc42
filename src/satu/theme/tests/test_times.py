"""How a time is written, in either language."""

from datetime import UTC, datetime

import pytest
from django.utils import translation

from satu.theme.jinja import clock


@pytest.mark.parametrize(("language", "written"), [("id", "09.14"), ("en", "09:14")])
def test_a_time_is_written_as_the_language_has_it(language, written):
    with translation.override(language):
        assert clock(datetime(2026, 12, 1, 2, 14, tzinfo=UTC)) == written
