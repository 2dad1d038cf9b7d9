"""Every page in headless Chromium: whole, quiet, offline, at desktop and at phone width, served and from a disk."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from findomain.book import build_pages, default_edition

WIDTHS = {"desktop": 1280, "phone": 390}
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
IMAGES = """() => [...document.images].map(i => ({
    src: i.currentSrc || i.src, alt: i.getAttribute('alt') || '', width: i.naturalWidth,
    hidden: i.getClientRects().length === 0}))"""
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
TABLES_READY = "() => [...document.querySelectorAll('.fd-box')].every(box => box.dataset.ready === 'true')"


def find_browser() -> str | None:
    """The browser of the system, or the one that FINDOMAIN_BROWSER names."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return os.environ.get("FINDOMAIN_BROWSER") or next(filter(None, map(shutil.which, names)), None)


def pages() -> list[str]:
    """Every page that the table of contents names: the landing page first."""
    import yaml

    toc = yaml.safe_load((default_edition().root / "_toc.yml").read_text(encoding="utf-8"))
    chapters = [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
    return [f"{name}.html" for name in (toc["root"], *chapters)]


@pytest.fixture(scope="module")
def html() -> Path:
    """The built book."""
    return build_pages(default_edition()).parent


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """One browser for all pages; without one the tests are skipped, save in CI."""
    program = find_browser()
    if program is None and os.environ.get("CI"):
        pytest.fail("no Chromium found: install it (apt-get install chromium) or set FINDOMAIN_BROWSER")
    if program is None:
        pytest.skip("no Chromium found; set FINDOMAIN_BROWSER to one")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def served(html: Path) -> Iterator[str]:
    """The address of the book on this machine."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(html)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()


class Visit:
    """One page opened in a context of its own, with everything that went wrong."""

    def __init__(self, browser: object, address: str, width: int) -> None:
        """Open it and wait until it is quiet."""
        parts = urlsplit(address)
        self.base = f"{parts.scheme}://{parts.netloc}/"
        self.problems: list[str] = []
        self.context = browser.new_context(viewport={"width": width, "height": 900}, accept_downloads=True)
        self.page = self.context.new_page()
        self.page.on("console", lambda m: self.problems.append(f"console: {m.text}") if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        self.page.on("requestfailed", lambda request: self.problems.append(f"failed: {request.url}"))
        self.page.on("response", lambda r: self.problems.append(f"{r.status}: {r.url}") if r.status >= 400 else None)
        self.context.route("**/*", self._only_local)
        self.page.goto(address, wait_until="load")
        self.page.wait_for_function(TABLES_READY, timeout=15_000)

    def _only_local(self, route: object) -> None:
        if route.request.url.startswith((self.base, "data:", "blob:")):
            route.continue_()
            return
        self.problems.append(f"another host: {route.request.url}")
        route.abort()

    def __enter__(self) -> Visit:
        """Give the visit."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the page."""
        self.context.close()


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
@pytest.mark.parametrize("name", pages())
def test_page_is_whole(browser: object, served: str, name: str, width: int) -> None:
    with Visit(browser, served + name, width) as visit:
        images = visit.page.evaluate(IMAGES)
        overflow = visit.page.evaluate(OVERFLOW)
    assert visit.problems == []
    assert [image["src"] for image in images if image["width"] == 0] == [], "broken image"
    assert [image["src"] for image in images if not image["alt"].strip()] == [], "image without alt"
    assert overflow <= 0, f"the page is {overflow} px wider than the screen"


@pytest.mark.parametrize("name", pages())
def test_page_opens_from_disk(browser: object, html: Path, name: str) -> None:
    with Visit(browser, (html / name).as_uri(), WIDTHS["desktop"]) as visit:
        pass
    assert visit.problems == []


@pytest.mark.parametrize("name", [name for name in pages() if "explorer" in name or "ledger" in name])
def test_tables_search_sort_and_download(browser: object, served: str, name: str) -> None:
    with Visit(browser, served + name, WIDTHS["phone"]) as visit:
        box = visit.page.locator(".fd-box").first
        rows = box.locator("tbody tr")
        first = rows.first.locator("td").first.inner_text()
        search = box.locator("input[type=search]")
        assert search.get_attribute("aria-label")
        search.fill("no such row anywhere")
        assert rows.count() == 1
        assert "No row matches" in rows.first.inner_text()
        search.fill(first)
        assert first in rows.first.inner_text()
        with visit.page.expect_download() as download:
            box.get_by_role("button", name="Download CSV").click()
        text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert first in text
    assert visit.problems == []


def test_search_of_the_book_finds_a_page(browser: object, served: str) -> None:
    with Visit(browser, served + "search.html?q=finance", WIDTHS["desktop"]) as visit:
        visit.page.wait_for_selector("#search-results li", timeout=15_000)
    assert visit.problems == []


def test_formulas_are_drawn_without_a_script(html: Path) -> None:
    lines = [line for page in html.rglob("*.html") for line in page.read_text(encoding="utf-8").splitlines()]
    scripts = [line for line in lines if "<script" in line]
    assert scripts
    assert not [line for line in scripts if "mathjax" in line.lower() or "http" in line]
