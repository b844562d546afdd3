"""Lines that break and sessions that end: nothing typed is lost, and nothing is done twice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import Page, Route, expect

from conftest import PHRASE, Shop, Site, Visit
from puntal.kit import ids

if TYPE_CHECKING:
    from collections.abc import Callable

SILENCE = "The server did not answer"


def points_of(site: Site, shop: Shop, number: int = 0) -> int:
    """Return what somebody has or soon will have, as the books say."""
    wallets = site.api.get(f"programs/{shop.slug}/members/{shop.members[number]}/wallets").json()["items"]
    points: int = next(each["available"] + each["pending"] for each in wallets if each["wallet"] == "points")
    return points


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
    page.goto(f"{site.address}/admin{path}")
    return page


def lose_first_answer(keys: list[str]) -> Callable[[Route], None]:
    """Let the server do what it is asked, and keep its first answer back; note under which keys it was asked."""

    def handle(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) > 1:
            route.continue_()
            return
        answer = route.fetch(headers=route.request.headers | {"origin": route.request.url.partition("/v1/")[0]})
        assert answer.ok, answer.text()
        route.abort("connectionreset")

    return handle


def give(page: Page, amount: str) -> None:
    """Fill in what one member is given and look at it again, without sending it."""
    page.get_by_role("button", name="Adjust points").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Amount").fill(amount)
    form.get_by_label("What the member reads").fill("A gift")
    form.get_by_label("What only staff read").fill("Ticket 81")
    form.get_by_role("button", name="Review").click()
    form.get_by_role("button", name=f"Give {amount} points").wait_for()
    # Far beyond what somebody ever earned takes a yes.
    sure = form.get_by_role("checkbox")
    if sure.count():
        sure.check()


def test_what_is_sent_offline_says_so_and_is_done_once_after(visit: Visit, site: Site) -> None:
    visit.forgive("ERR_INTERNET_DISCONNECTED")
    shop = site.open_shop(people=1)
    page = visit(f"/p/{shop.slug}/members/{shop.members[0]}")
    give(page, "600")
    before = points_of(site, shop)
    send = page.get_by_role("dialog").get_by_role("button", name="Give 600 points")
    page.context.set_offline(True)
    send.click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text(SILENCE)
    expect(page.get_by_text("You are offline")).to_be_visible()
    visit.look(page, "offline")
    page.context.set_offline(False)
    expect(page.get_by_text("You are offline")).to_have_count(0)
    # Nothing is sent behind her back.
    page.wait_for_timeout(500)
    assert points_of(site, shop) == before
    send.click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert points_of(site, shop) == before + 600


def test_an_answer_that_is_lost_is_asked_for_again_and_posts_once(visit: Visit, site: Site) -> None:
    visit.forgive("ERR_CONNECTION_RESET")
    shop = site.open_shop(people=1)
    page = visit(f"/p/{shop.slug}/members/{shop.members[0]}")
    give(page, "700")
    before = points_of(site, shop)
    keys: list[str] = []
    page.route(re.compile("/adjustments$"), lose_first_answer(keys))
    send = page.get_by_role("dialog").get_by_role("button", name="Give 700 points")
    send.click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text(SILENCE)
    assert points_of(site, shop) == before + 700
    send.click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert points_of(site, shop) == before + 700

    # Meaning it a second time is another write.
    give(page, "700")
    page.get_by_role("dialog").get_by_role("button", name="Give 700 points").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert points_of(site, shop) == before + 1400


def test_a_sale_whose_answer_is_lost_earns_once(visit: Visit, site: Site) -> None:
    visit.forgive("ERR_CONNECTION_RESET")
    shop = site.open_shop(people=1)
    page = enter(visit, site, "cashier", f"/p/{shop.slug}/till", store="centro")
    page.get_by_label("Phone, card, e-mail or code").fill("C-0")
    page.get_by_role("button", name="Find").click()
    keys: list[str] = []
    page.route(re.compile("/till/earn$"), lose_first_answer(keys))
    before = points_of(site, shop)
    page.get_by_label("Amount", exact=True).fill("20")
    sell = page.get_by_role("button", name=re.compile("^Take in"))
    sell.click()
    expect(page.get_by_role("alert")).to_contain_text(SILENCE)
    sell.click()
    expect(page.get_by_label("Amount", exact=True)).to_have_value("")
    assert len(keys) == 2
    assert points_of(site, shop) == before + 20
    events = site.api.get(f"programs/{shop.slug}/members/{shop.members[0]}/events").json()["items"]
    # The one she came with, and this.
    assert [each["type"] for each in events].count("order.paid") == 2


def test_the_first_order_is_sent_once_however_often_it_is_tried(visit: Visit, site: Site) -> None:
    visit.forgive("ERR_CONNECTION_RESET")
    visit.forgive("404")
    shop = site.open_shop(people=0)
    page = visit(f"/p/{shop.slug}/launch")
    keys: list[str] = []
    page.route(re.compile("/events$"), lose_first_answer(keys))
    send = page.get_by_role("button", name="Send the order")
    send.click()
    expect(page.get_by_role("alert")).to_contain_text(SILENCE)
    send.click()
    page.get_by_role("status").get_by_text("Gave 40").first.wait_for()
    found = site.post(f"programs/{shop.slug}/members/lookup", {"email": "anna@example.com"})
    events = site.api.get(f"programs/{shop.slug}/members/{found['id']}/events").json()["items"]
    assert [each["type"] for each in events].count("order.paid") == 1


def test_a_form_survives_a_session_that_is_revoked_and_is_done_once(visit: Visit, site: Site) -> None:
    shop = site.open_shop(people=1)
    page = enter(visit, site, "admin", f"/p/{shop.slug}/members/{shop.members[0]}")
    address = page.url
    give(page, "800")
    before = points_of(site, shop)
    own = page.context.request.get(f"{site.address}/v1/auth/sessions").json()
    session = next(each["id"] for each in own if each["current"])
    ended = page.context.request.post(
        f"{site.address}/v1/auth/sessions/{session}/revoke", headers={"origin": site.address}
    )
    assert ended.ok, ended.text()
    for _ in range(40):
        if page.context.request.get(f"{site.address}/v1/auth/me").status == 401:
            break
        page.wait_for_timeout(200)
    page.get_by_role("button", name="Give 800 points").click()
    again = page.get_by_role("dialog", name="Your session has ended")
    visit.look(page, "session ended")
    again.get_by_label("Password", exact=True).fill(PHRASE)
    again.get_by_role("button", name="Sign in", exact=True).click()
    expect(again).to_have_count(0)
    form = page.get_by_role("dialog")
    expect(form).to_contain_text("Ticket 81")
    form.get_by_role("button", name="Give 800 points").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert points_of(site, shop) == before + 800
    assert page.url == address


def hold(page: Page, address: str, *, answers: list[str]) -> None:
    """Let the server do what it is asked the first time, and never pass its answer on; later ones are passed on."""

    def handle(route: Route) -> None:
        answers.append(route.request.headers.get("idempotency-key", ""))
        if len(answers) > 1:
            route.continue_()
        elif route.request.method != "GET":
            assert route.fetch(headers=route.request.headers | {"origin": route.request.url.partition("/v1/")[0]}).ok

    page.route(re.compile(address), handle)


def test_an_answer_that_never_comes_ends_after_half_a_minute_and_posts_once(visit: Visit, site: Site) -> None:
    shop = site.open_shop(people=1)
    page = visit("/account")
    visit.install_clock(page)
    page.goto(f"{site.address}/admin/p/{shop.slug}/members/{shop.members[0]}")
    give(page, "900")
    before = points_of(site, shop)
    keys: list[str] = []
    hold(page, "/adjustments$", answers=keys)
    send = page.get_by_role("dialog").get_by_role("button", name="Give 900 points")
    send.click()
    for _ in range(100):
        if points_of(site, shop) == before + 900:
            break
        page.wait_for_timeout(100)
    alert = page.get_by_role("dialog").get_by_role("alert")
    page.clock.run_for(25_000)
    expect(alert).to_have_count(0)
    page.clock.run_for(6_000)
    expect(alert).to_contain_text(SILENCE)
    page.clock.resume()
    send.click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert points_of(site, shop) == before + 900
