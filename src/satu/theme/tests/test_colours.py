import re

from hypothesis import given
from hypothesis import strategies as st

from satu.theme.colours import colours_of_the_city, contrast, ink_on, mix

COLOURS = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


@given(COLOURS)
def test_text_on_any_colour_a_city_may_choose_is_readable(colour):
    assert contrast(colour, ink_on(colour)) >= 4.05


@given(COLOURS, COLOURS)
def test_contrast_does_not_care_which_colour_comes_first(one, other):
    assert contrast(one, other) == contrast(other, one)
    assert 1 <= contrast(one, other) <= 21


@given(COLOURS)
def test_mixing_nothing_in_changes_nothing(colour):
    assert mix(colour, "#ffffff", 0) == colour
    assert mix(colour, "#123456", 1) == "#123456"


def test_the_city_gives_every_colour_that_the_theme_names():
    given = dict(re.findall(r"--city-([a-z-]+):(#[0-9a-f]{6})", colours_of_the_city()))
    assert given["primary"] == "#0b6b4f"
    assert contrast(given["primary"], given["on-primary"]) >= 4.5
    assert contrast(given["accent"], given["on-accent"]) >= 4.5
    assert contrast(given["primary-dark"], given["primary-tint"]) >= 4.5
    assert contrast(given["primary-bright"], "#121d19") >= 4.5
