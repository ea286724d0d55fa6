"""What a browser shows of a running desk: the picture set of docs/screenshots, and how soon pages are painted.

    python evaluation/screens.py pictures http://127.0.0.1:8000 --user NAME --password WORD
    python evaluation/screens.py paint    http://127.0.0.1:8000 --user NAME --password WORD

`paint` prints the largest contentful paint (ms, median and worst of `--times` loads with an empty cache) with the
processor slowed down four times, as Chromium's own developer tools do it.
"""

import argparse
import os
import shutil
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
SIZES = {1440: 900, 390: 844}
SLOWER = 4
PATIENCE = 120_000  # milliseconds a busy machine may take for a page
# Name of a page, the page it is found on, and the first link of it that is followed ("" for the page itself).
PAGES = (
    ("dashboard", "/?days=all", ""),
    ("articles", "/articles/?q=country:KP+OR+company:Amazon", ""),
    ("article", "/articles/", "a.result-title"),
    ("entity", "/entities/?kind=country", "#main td a, #main .result-title"),
    ("stories", "/stories/", ""),
    ("findings", "/findings/", ""),
    ("submit", "/articles/submit/", ""),
    ("design", "/design/", ""),
    ("quality", "/quality/", ""),
)
LARGEST = """() => new Promise(resolve => {
  let largest = 0
  new PerformanceObserver(list => { for (const one of list.getEntries()) largest = one.startTime })
    .observe({type: "largest-contentful-paint", buffered: true})
  setTimeout(() => resolve(largest), 500)
})"""


def find_chromium() -> str | None:
    """The program named by CHROMIUM, or a Chromium on the path: its headless build starts far fewer processes."""
    names = ("chromium-headless-shell", "chromium", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@contextmanager
def browser() -> Iterator[Browser]:
    """The Chromium of this machine."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        yield started
        started.close()


def signed_in(context: BrowserContext, asked: argparse.Namespace) -> Page:
    """A page of a person who has just signed in."""
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{asked.address}/login/")
    page.fill("input[name=username]", asked.user)
    page.fill("input[name=password]", asked.password)
    page.locator("form button").first.click()
    page.wait_for_load_state("networkidle")
    if "/login" in page.url:
        raise SystemExit("This name and password are not accepted.")
    return page


def places(page: Page, address: str) -> Iterator[tuple[str, str]]:
    """Name and full address of each page; one that this desk cannot show is left out with a word."""
    for name, start, link in PAGES:
        if not link:
            yield name, address + start
            continue
        page.goto(address + start)
        found = page.locator(link).first
        if found.count():
            yield name, address + str(found.get_attribute("href"))
        else:
            print(f"{name}: nothing to show on {start}")


def take_pictures(asked: argparse.Namespace) -> None:
    """Every page at both widths, light and dark."""
    with browser() as started:
        for theme in ("light", "dark"):
            for width, height in SIZES.items():
                context = started.new_context(
                    viewport={"width": width, "height": height}, color_scheme=theme, device_scale_factor=1
                )
                page = signed_in(context, asked)
                for name, address in list(places(page, asked.address)):
                    page.goto(address)
                    page.wait_for_load_state("networkidle")
                    page.wait_for_timeout(600)  # charts draw themselves after the page is there
                    wide = page.evaluate("document.documentElement.scrollWidth")
                    if wide > width:
                        print(f"{name} at {width}: {wide} wide, it scrolls sideways")
                    page.screenshot(path=str(asked.to / f"{name}-{width}-{theme}.png"), full_page=asked.whole)
                context.close()


def measure_paint(asked: argparse.Namespace) -> None:
    """The table of largest contentful paints."""
    with browser() as started:
        context = started.new_context(viewport={"width": 1440, "height": 900})
        page = signed_in(context, asked)
        cookies = context.cookies()
        found = list(places(page, asked.address))
        context.close()
        print(f"{'page':14}{'median ms':>11}{'worst':>8}")
        for name, address in found:
            times = []
            for _ in range(asked.times):
                context = started.new_context(viewport={"width": 1440, "height": 900})
                context.add_cookies([{**one} for one in cookies])  # type: ignore[typeddict-item]
                page = context.new_page()
                context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
                page.goto(address, wait_until="load")
                times.append(float(page.evaluate(LARGEST)))
                context.close()
            print(f"{name:14}{statistics.median(times):11.0f}{max(times):8.0f}")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("pictures", "paint"))
    parser.add_argument("address", help="of a running desk")
    parser.add_argument("--user", required=True)
    parser.add_argument("--password", required=True)
    parser.add_argument("--to", type=Path, default=FOLDER, help="folder of the pictures")
    parser.add_argument("--whole", action="store_true", help="whole pages instead of the first screen")
    parser.add_argument("--times", type=int, default=5)
    asked = parser.parse_args()
    asked.address = asked.address.rstrip("/")
    {"pictures": take_pictures, "paint": measure_paint}[asked.what](asked)


if __name__ == "__main__":
    main()
