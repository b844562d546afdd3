"""What strangers may write is only ever read; what a role does not open stays shut, and says so."""

from __future__ import annotations

import csv
import http.client
import io
import re
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import attacks
import httpx2
import pytest
from playwright.sync_api import Page, expect

from conftest import PHRASE, Shop, Site, Visit
from installation import ROOT, SCREENS, SIGNED_OUT
from puntal.kit import clock, ids

NO_HREF = "[...document.querySelectorAll('[href],[src],[action]')].every((each) => ['href', 'src', 'action']"
NO_HREF += ".every((name) => !/^\\s*javascript:/i.test(each.getAttribute(name) ?? '')))"


def enter(visit: Visit, site: Site, role: str, path: str, store: str | None = None) -> Page:
    """Open a page as somebody new of a role."""
    visit.forgive("401")
    email = f"{ids.new_id()}@example.org"
    person = {"email": email, "name": "Nuria Nueva", "role": role, "password": PHRASE, "store": store}
    site.post("organization/staff", person)
    page = visit("/sign-in", as_owner=False)
    answer = page.context.request.post(
        f"{site.address}/v1/auth/sign-in",
        data={"email": email, "password": PHRASE},
        headers={"origin": site.address},
    )
    assert answer.ok, answer.text()
    # From here on nothing may be refused: what would be is not asked.
    visit.forgiven.remove("401")
    page.goto(f"{site.address}/admin{path}")
    return page


@pytest.fixture(scope="module")
def hostile(site: Site) -> Shop:
    """A program in which whatever people write is an attack."""
    shop = site.open_shop(people=2)
    attacks.launch(site, shop)
    return shop


@pytest.fixture(scope="module")
def endpoint(site: Site, hostile: Shop) -> str:
    """The id of what is told what happens there."""
    found: str = site.api.get(f"programs/{hostile.slug}/webhooks/endpoints").json()["items"][0]["id"]
    return found


WHOLE_AUDIT = {"audit": f"{ROOT}/settings/audit", "audit: whole": f"{ROOT}/settings/audit?whole=true"}


def groups() -> dict[str, list[str]]:
    """Return every screen that is seen by whoever is signed in: those with parts by themselves, the rest together."""
    found: dict[str, list[str]] = {}
    for name, path in ({name: path for name, path in SCREENS.items() if name not in SIGNED_OUT} | WHOLE_AUDIT).items():
        found.setdefault(name.partition(":")[0], []).append(path)
    alone = {screen: paths for screen, paths in found.items() if len(paths) > 1 and screen not in {"start", "segments"}}
    return alone | {"rest": [path for screen, paths in found.items() if screen not in alone for path in paths]}


@pytest.mark.parametrize("paths", groups().values(), ids=groups())
def test_what_strangers_wrote_is_shown_as_it_was_written(
    visit: Visit, hostile: Shop, endpoint: str, paths: list[str]
) -> None:
    # Names of eighty signs without a space are wider than any column: how it looks is not asked here.
    # That nothing opened a dialog is asked when the visit ends.
    asked = {"program": hostile.slug, "member": hostile.members[0], "endpoint": endpoint}
    first, *others = (path.format(**asked) for path in paths)
    page = visit(first)
    said = [_rested(page)]
    for place in others:
        page.goto(f"{visit.site.address}/admin{place}")
        said.append(_rested(page))
    assert any("alert(" in each for each in said)


def test_what_strangers_wrote_does_nothing_before_one_is_signed_in(visit: Visit, hostile: Shop) -> None:
    assert hostile.slug
    visit.forgive("401")
    # The link of a mail that nobody sent: whom it would greet is asked for, and nobody is.
    visit.forgive("404")
    page = visit("/sign-in", as_owner=False)
    for screen in SIGNED_OUT & SCREENS.keys():
        page.goto(f"{visit.site.address}/admin{SCREENS[screen]}")
        _rested(page)


def _rested(page: Page) -> str:
    """Wait for a screen, look whether anything of it would run, and return what it says."""
    page.get_by_role("heading").first.wait_for()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    assert page.evaluate(NO_HREF), page.url
    assert page.locator("img[onerror], script:not([src])").count() == 0, page.url
    return page.locator("body").inner_text()


def test_no_text_that_may_be_written_is_forgotten_here(site: Site, hostile: Shop) -> None:
    known = attacks.attacked(hostile)
    assert not known & set(attacks.ELSEWHERE)
    openapi = site.api.get(f"{site.address}/openapi.json").json()
    assert attacks.texts_of(openapi) == known | set(attacks.ELSEWHERE)


def test_a_link_that_runs_is_no_address_of_an_endpoint(site: Site, shop: Shop) -> None:
    for url in (attacks.LINK, "data:text/html,<script>alert(1)</script>", "file:///etc/passwd"):
        answer = site.api.post(f"programs/{shop.slug}/webhooks/endpoints", json={"url": url})
        assert answer.status_code in {400, 422}, answer.text


def test_a_cashier_sees_the_till_and_nothing_else(visit: Visit, site: Site, shop: Shop) -> None:
    page = enter(visit, site, "cashier", "/", store="centro")
    page.wait_for_url(re.compile("/till$"))
    expect(page.get_by_role("navigation").get_by_role("link")).to_have_text(["Till"])
    page.goto(f"{site.address}/admin/p/{shop.slug}")
    page.wait_for_url(re.compile("/till$"))
    for place in ("members", f"members/{shop.members[0]}", "program", "rewards", "segments", "insight", "settings"):
        page.goto(f"{site.address}/admin/p/{shop.slug}/{place}")
        page.get_by_role("heading", name="Your role does not open this screen").wait_for()
    visit.everywhere(page)


WRITES = re.compile(
    r"^(New |Add|Enrol|Import|Adjust|Merge|Block|Pause|Erase|Redeem|Publish|Save|Invite|Make |Send|Stop|Close$|Approve)"
)


def test_an_analyst_finds_nothing_that_writes(visit: Visit, site: Site, shop: Shop) -> None:
    page = enter(visit, site, "analyst", f"/p/{shop.slug}")
    page.get_by_role("heading", name="Home").wait_for()
    places = ("members", f"members/{shop.members[0]}", f"members/{shop.members[0]}?tab=rewards", "program", "campaigns")
    for place in (*places, "rewards", "segments", "settings/webhooks", "settings/audit"):
        page.goto(f"{site.address}/admin/p/{shop.slug}/{place}")
        page.get_by_role("main").get_by_role("heading").first.wait_for()
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        page.wait_for_load_state("networkidle")
        buttons = page.get_by_role("main").get_by_role("button", name=WRITES)
        assert [each.inner_text() for each in buttons.all()] == [], place
    page.goto(f"{site.address}/admin/p/{shop.slug}/settings/people")
    page.get_by_role("heading", name="Your role does not open this screen").wait_for()


def test_another_s_program_is_no_page(visit: Visit) -> None:
    # The bell asks before it is known that there is no such program.
    visit.forgive("404")
    page = visit("/p/somebody-elses/members")
    page.get_by_role("heading", name="There is no such page").wait_for()


POLICY = {
    "default-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def policy_of(answer: httpx2.Response) -> dict[str, str]:
    """Take the answer's policy apart."""
    parts = (each.strip().partition(" ") for each in answer.headers["content-security-policy"].split(";"))
    return {name: value for name, _, value in parts}


@pytest.mark.parametrize("path", ["/admin", "/admin/p/x/members", "/guides/en/all", "/docs"])
def test_pages_run_only_what_we_sent(site: Site, path: str) -> None:
    answer = httpx2.get(site.address + path)
    assert answer.status_code == 200
    policy = policy_of(answer)
    assert policy.items() >= POLICY.items()
    assert "unsafe" not in policy.get("script-src", "")
    assert not any(word in policy.get("script-src", "") for word in ("http:", "https:", "*", "data:", "blob:"))
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    for tag, inside in re.findall(r"<script([^>]*)>(.*?)</script>", answer.text, re.DOTALL):
        assert "src=" in tag
        assert inside == ""
    assert not re.search(r"\son[a-z]+=", answer.text)
    assert not re.search(r"(src|href)=\"https?:", answer.text) or path.startswith("/guides")


def test_every_page_has_a_nonce_of_its_own(site: Site) -> None:
    first, second = (httpx2.get(f"{site.address}/admin") for _ in range(2))
    nonces = [re.findall(r"'nonce-([^']+)'", each.headers["content-security-policy"]) for each in (first, second)]
    assert not set(nonces[0]) & set(nonces[1])
    assert set(re.findall(r'nonce="([^"]*)"', first.text)) == set(nonces[0])
    assert first.headers["cache-control"] == "no-store"


def test_assets_are_kept_for_ever_and_only_while_they_are(site: Site) -> None:
    index = httpx2.get(f"{site.address}/admin").text
    script = re.findall(r'src="(/admin/assets/[^"]+\.js)"', index)[0]
    kept = httpx2.get(site.address + script)
    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert kept.headers["content-type"].startswith("text/javascript")
    assert kept.headers["x-content-type-options"] == "nosniff"
    gone = httpx2.get(f"{site.address}/admin/assets/index-00000000.js")
    assert gone.status_code == 404
    assert "immutable" not in gone.headers.get("cache-control", "")


@pytest.mark.parametrize(
    ("taken", "sent"), [("gzip, deflate, br, zstd", "br"), ("gzip;q=1.0", "gzip"), ("identity", None), ("brotli", None)]
)
def test_assets_come_packed_as_the_browser_takes_them(site: Site, taken: str, sent: str | None) -> None:
    index = httpx2.get(f"{site.address}/admin").text
    script = site.address + re.findall(r'src="(/admin/assets/[^"]+\.js)"', index)[0]
    plain = httpx2.get(script, headers={"accept-encoding": "identity"})
    answer = httpx2.get(script, headers={"accept-encoding": taken})
    assert answer.headers.get("content-encoding") == sent
    assert answer.headers["vary"] == "accept-encoding"
    if sent is None:
        assert answer.content == plain.content
    else:
        assert int(answer.headers["content-length"]) < len(plain.content) / 3
    if sent == "gzip":
        assert answer.content == plain.content


@pytest.mark.parametrize(
    "path",
    [
        "/admin/../../../pyproject.toml", "/admin/assets/../../../../pyproject.toml", "/admin/%2e%2e/%2e%2e/server.py",
        "/admin/assets/..%2f..%2f..%2fentrypoints%2fserver.py", "/admin/assets/..%5c..%5cserver.py",
        "/admin/assets//etc/passwd", "/admin/assets/%00", "/guides/en/..%2f..%2fopenapi.json",
        "/guides/..%2f..%2f..%2fetc%2fpasswd/x", "/docs/..%2f..%2fREADME.md", "/docs/%2e%2e/%2e%2e/etc/passwd",
    ],
)  # fmt: skip
def test_no_address_leads_out_of_the_folder(site: Site, path: str) -> None:
    # Sent as it is: other clients tidy paths up first.
    where = urlsplit(site.address)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert answer.status < 500
    assert b"root:" not in body
    assert b"[project]" not in body
    assert b"import " not in body
    assert answer.status in {307, 400, 404} or b'<div id="root">' in body


ASKED = {
    "reports/budgets/rows": {"budget": "campaign:evil"},
    "reports/budgets/series": {"budget": "campaign:evil", "measure": "points"},
    "reports/gift-cards/cards": {"currency": "EUR", "origin": "paid_in", "wallet": "cash"},
    "reports/kpis/ending": {"wallet": "points"},
    "reports/kpis/holders": {"wallet": "points"},
    "reports/kpis/transfers": {"wallet": "points"},
    "reports/tiers/members": {"ladder": "club", "tier": "gold"},
}
"""What tables want to be told; the others are asked as they are."""
NUMBER = re.compile(r"[+-]?[0-9.]+")


def files_of(site: Site, hostile: Shop) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield where every file of the program is: tables, statements, codes, and exports that are made first."""
    openapi = site.api.get(f"{site.address}/openapi.json").json()
    prefix = "/v1/programs/{program}/"
    at = f"programs/{hostile.slug}"
    for path, operations in openapi["paths"].items():
        answered = operations.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        if path.startswith(prefix) and any(kind.startswith("text/csv") for kind in answered):
            place = path.removeprefix(prefix)
            if "{" not in place:
                yield f"{at}/{place}", ASKED.get(place, {})
    for kind in ("members", "orders", "transfers", "redemptions", "vouchers", "events", "audit"):
        export = site.post(f"{at}/exports", {"kind": kind})["id"]
        place = f"{at}/exports/{export}"
        deadline = time.monotonic() + 60
        while site.api.get(place).json()["state"] != "done":
            assert time.monotonic() < deadline, site.api.get(place).text
            time.sleep(0.1)
        yield f"{place}/file", {}
    yield f"{at}/members/{hostile.members[0]}/wallets/points/statements/{clock.now():%Y-%m}.csv", {}


def test_no_file_has_a_cell_that_a_spreadsheet_would_run(site: Site, hostile: Shop) -> None:
    defused = 0
    for place, asked in files_of(site, hostile):
        answer = site.api.get(place, params=asked, headers={"accept": "text/csv"})
        assert answer.status_code == 200, f"{place}: {answer.text}"
        for row in csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))):
            for cell in row:
                if cell.lstrip().startswith(("=", "+", "-", "@")):
                    assert NUMBER.fullmatch(cell), (place, row)
                defused += cell.startswith("'=")
    assert defused > 20
