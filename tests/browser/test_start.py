"""First run: from nothing to the first points."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import psycopg
import pytest
from playwright.sync_api import Browser, expect
from psycopg import sql

from conftest import PHRASE, Process, Site, Visit
from puntal.kit import ids, migration

if TYPE_CHECKING:
    from puntal.kit.postgres import Server

FEW_MINUTES = 5 * 60
PATIENCE_MS = 30_000


@pytest.fixture
def unowned(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an installation that nobody owns."""
    name = f"unowned_{ids.new_id().hex}"
    with psycopg.connect(server.uri, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    uri = server.uri_of(name)
    migration.migrate(uri)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    running = Process(uri, tmp_path_factory.mktemp("unowned"), "serve", "--port", str(port), "--workers", "1")
    try:
        address = f"http://127.0.0.1:{port}"
        running.wait_for(address)
        yield address
    finally:
        running.stop()
        with psycopg.connect(server.uri, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} (FORCE)").format(sql.Identifier(name)))


def test_first_points_within_minutes(unowned: str, browser: Browser) -> None:
    """F9, G5, G13: account, template, program, sample order, key."""
    begun = time.monotonic()
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{unowned}/admin/")
    page.get_by_role("heading", name="Welcome").wait_for()
    page.get_by_label("Your business").fill("Café Aurora")
    page.get_by_label("Your name").fill("Olga Owner")
    page.get_by_label("Your e-mail").fill("olga@example.org")
    page.get_by_label("Password", exact=True).fill(PHRASE)
    page.get_by_role("button", name="Create the account").click()

    page.get_by_role("link", name=re.compile("^Café")).click()
    expect(page.get_by_role("region", name="What it would cost in a year")).to_contain_text(
        "Left with the program", timeout=PATIENCE_MS
    )
    expect(page.get_by_role("region", name="What members see")).to_contain_text("A stamp per coffee")
    page.get_by_label("What members call it").fill("Club Aurora")
    page.get_by_role("button", name="Make the program").click()
    page.wait_for_url(re.compile("/p/club-aurora/launch"))

    page.get_by_role("button", name="Send the order").click()
    earned = page.get_by_role("status")
    expect(earned).to_contain_text("+40 beans")
    expect(earned).to_contain_text("Food and pastry")
    left = page.get_by_role("region", name="Before you announce it")
    expect(left).to_contain_text("5 of 8 done")
    seconds = time.monotonic() - begun
    print(f"From nothing to the first points: {seconds:.1f} s")  # noqa: T201 - the time is what is asked for
    assert seconds < FEW_MINUTES
    context.close()


def test_templates_are_seen_before_they_are_chosen(visit: Visit) -> None:
    """G5, G14: by kind, each with what it would cost; and with what it would cost in one's own shop."""
    page = visit("/start", language="es")
    page.get_by_role("link", name=re.compile("^Hotel")).wait_for()
    page.get_by_text("Tarjeta de sellos", exact=True).first.click()
    expect(page.get_by_role("link", name=re.compile("^Hotel"))).to_have_count(0)
    told = re.compile("^Cafetería.*En un negocio típico cuesta 4,2")
    expect(page.get_by_role("link", name=told)).to_be_visible(timeout=PATIENCE_MS)
    visit.everywhere(page)
    page.get_by_text("Todos", exact=True).click()
    page.get_by_role("link", name=re.compile("^Hotel")).click()
    expect(page.get_by_role("region", name="Lo que ven los miembros")).to_contain_text("5.000 puntos")
    visit.everywhere(page)
    page.get_by_role("tab", name="Todas las reglas").click()
    expect(page.get_by_role("region", name="Niveles")).to_be_visible()
    year = page.get_by_role("region", name="Qué costaría en un año")
    expect(year).to_contain_text("911.400,00", timeout=PATIENCE_MS)
    year.get_by_role("button", name="Mi negocio").click()
    year.get_by_label("Pedidos al mes, de todos los clientes").fill("70")
    expect(year).to_contain_text("En tu negocio: 70 pedidos al mes", timeout=PATIENCE_MS)
    expect(year).to_contain_text("91.140,00", timeout=PATIENCE_MS)
    visit.everywhere(page)


def test_a_shop_is_connected_and_its_events_are_seen_to_arrive(visit: Visit, site: Site) -> None:
    """G13: a key shown once, an example that works, a check that what it sent arrived, and what became of it."""
    own = site.open_shop("cafe", people=0)
    page = visit(f"/p/{own.slug}/connect")
    check = page.get_by_role("region", name="3. Did it arrive?")
    expect(page.get_by_role("region", name="What arrives")).to_contain_text("Nothing arrived within a day")
    page.get_by_role("button", name=re.compile("^Make a")).click()
    example_of = page.get_by_label(re.compile("^Paste this"))
    expect(example_of).to_contain_text("Bearer pk_live_")
    example = example_of.inner_text()
    token = re.search(r"Bearer (\S+)'", example)
    assert token is not None
    mine = check.get_by_role("group", name=re.compile(f"^Shop {token[1][:16]}"))
    expect(mine).to_contain_text("Nothing has come with this key yet")
    bodies = re.findall(r"-d '(.*)'", example)
    headers = {"authorization": f"Bearer {token[1]}", "content-type": "application/json"}
    answers = [
        site.api.post(f"programs/{own.slug}/{path}", content=body, headers=headers)
        for path, body in zip(("members", "events"), bodies, strict=True)
    ]
    assert all(answer.is_success for answer in answers), [answer.text for answer in answers]
    assert answers[-1].json()["awards"]
    expect(mine).to_contain_text("It works: the first event came on", timeout=PATIENCE_MS)
    arrived = page.get_by_role("region", name="What arrives")
    expect(arrived).to_contain_text("Order paid")
    expect(arrived).to_contain_text("+40 beans")
    visit.everywhere(page)
    page.reload()
    expect(mine).to_contain_text("Connected")
    assert page.get_by_text(token[1]).count() == 0


def test_a_day_of_launch_gives_each_open_step_its_date(visit: Visit, site: Site) -> None:
    """G13: the checklist with dates."""
    own = site.open_shop("cafe", people=1)
    page = visit(f"/p/{own.slug}/launch")
    left = page.get_by_role("region", name="Before you announce it")
    expect(left).to_contain_text(re.compile(r"The first orderdone on \w"), timeout=PATIENCE_MS)
    page.get_by_label("When do you announce it?").fill("2099-01-15")
    page.keyboard.press("Tab")
    expect(left).to_contain_text(re.compile(r"It has your own nameby \w"), timeout=PATIENCE_MS)
    visit.everywhere(page)
    page.goto(f"{site.address}/admin/p/{own.slug}")
    expect(page.get_by_role("link", name="What is left")).to_be_visible()
