"""``make screenshots``: the pictures in docs/screenshots, taken from the running demonstration."""

from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.running import CHROMIUM, FLAGS, ROOT, running_city, satu

PICTURES = ROOT / "docs" / "screenshots"


def take(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURES / f"{name}.png")
    print(PICTURES / f"{name}.png")


def citizen(browser: Browser, url: str, width: int, height: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(f"{url}/masuk/")
    page.locator(".people button").first.click()
    page.locator("form[action*='domisili'] button.door").click()
    take(page, f"portal-service-{width}")
    page.locator("#purpose").fill("membuka rekening bank")
    page.locator("#answers button").click()
    page.locator("#ready").wait_for()
    take(page, f"portal-receipt-{width}")
    page.goto(url)
    take(page, f"portal-home-{width}")
    page.close()


def officer(browser: Browser, url: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{url}/masuk/")
    name = page.locator(".people").first.locator("b").first.inner_text()
    page.locator(".people").nth(1).locator("button").first.click()
    page.locator("#text").press_sequentially(name.lower()[:8], delay=30)
    page.locator(".hit").first.wait_for()
    take(page, "desk-search-1280")
    page.locator("#text").fill(name)
    page.locator(".hit", has_text=name).first.click()
    page.locator("main button[type=submit]").click()
    page.locator(".skeleton").first.wait_for(state="hidden")
    page.wait_for_function("!document.querySelector('.skeleton')")
    take(page, "desk-person-1280")
    page.close()


def city_hall(browser: Browser, url: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{url}/masuk/")
    page.locator(".people button", has_text="Nurul Hidayah").first.click()
    page.goto(f"{url}/kota/")
    take(page, "city-hall-1280")
    page.close()


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    state = ROOT / ".satu" / "browser" / Path(__file__).stem
    with running_city(state) as url, sync_playwright() as playwright:
        satu(state, "city", "live", "--requests", "60", "--seed", "pictures")
        satu(state, "insight", "fold")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        citizen(browser, url, 360, 780)
        citizen(browser, url, 1280, 900)
        officer(browser, url)
        city_hall(browser, url)
        browser.close()


if __name__ == "__main__":
    main()
