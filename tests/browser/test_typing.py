"""Questions come anew as she answers, over a slow line; what she typed meanwhile stays as she typed it."""

from functools import partial

from playwright.sync_api import expect

from tests.browser.running import ROOT

SCRIPTS = ROOT / "src/satu/theme/static/satu"
QUESTIONS = """
<div id="questions" data-hx-post="/questions/" data-hx-trigger="change" data-hx-sync="closest form:replace"
     data-hx-swap="outerHTML" data-hx-include="closest form">
  <input id="guests" name="guests" value="{guests}"><input id="place" name="place" value="{place}">{more}
</div>"""
PAGE = """<!doctype html><title>.</title>
<script src="/satu.js" data-htmx="/htmx.js" defer></script><body><form id="answers">{}</form>"""


def test_what_is_typed_while_questions_are_fetched_is_kept_and_asks_for_more(browser):
    page = browser.new_page(base_url="http://satu.test")
    held = []
    page.route("**/", lambda route: route.fulfill(body=PAGE.format(blank()), content_type="text/html"))
    for name in ("satu.js", "htmx.js"):
        page.route(f"**/{name}", partial(_script, name))
    page.route("**/questions/", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks the handler
    page.goto("/")
    expect(page.locator("body.js")).to_be_visible()
    page.locator("#guests").fill("8")
    page.locator("#place").focus()
    page.keyboard.type("Jl. Mawar")
    page.locator("#guests").evaluate("field => { field.value = '80'; }")
    next_of(held, page).fulfill(body=blank(guests="8"), content_type="text/html")
    again = next_of(held, page)
    assert "guests=80&place=Jl.%20Mawar" in again.request.post_data
    again.fulfill(body=blank("80", "Jl. Mawar", '<input id="road">'), content_type="text/html")
    expect(page.locator("#road")).to_have_count(1)
    expect(page.locator("#place")).to_have_value("Jl. Mawar")
    expect(page.locator("#place")).to_be_focused()
    page.close()


def _script(name, route):
    route.fulfill(path=SCRIPTS / name, content_type="text/javascript")


def blank(guests="", place="", more=""):
    return QUESTIONS.format(guests=guests, place=place, more=more)


def next_of(held, page):
    """The next request that the page sends; it waits for its answer."""
    while not held:
        page.wait_for_timeout(20)
    return held.pop(0)
