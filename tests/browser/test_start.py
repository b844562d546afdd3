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
    expect(page.get_by_role("region", name="How members earn")).to_contain_text("A stamp per coffee")
    page.get_by_label("What members call it").fill("Club Aurora")
    page.get_by_role("button", name="Make the program").click()
    page.wait_for_url(re.compile("/p/club-aurora/launch"))

    page.get_by_role("button", name="Send the order").click()
    earned = page.get_by_role("status")
    expect(earned).to_contain_text("+40 Beans")
    expect(earned).to_contain_text("Food and pastry")
    left = page.get_by_role("region", name="Before you announce it")
    expect(left).to_contain_text("5 of 8 done")
    assert time.monotonic() - begun < FEW_MINUTES
    context.close()


def test_templates_are_seen_before_they_are_chosen(visit: Visit) -> None:
    page = visit("/start")
    page.get_by_role("link", name=re.compile("^Hotel")).wait_for()
    visit.everywhere(page)
    page.get_by_role("link", name=re.compile("^Hotel")).click()
    expect(page.get_by_role("region", name="Tiers")).to_be_visible()
    visit.everywhere(page)


def test_a_key_is_shown_once_and_its_example_works(visit: Visit, site: Site) -> None:
    own = site.open_shop("cafe", people=0)
    page = visit(f"/p/{own.slug}/launch")
    page.get_by_role("button", name="Make a key").click()
    example = page.get_by_label(re.compile("^Paste this")).inner_text()
    token = re.search(r"Bearer (\S+)'", example)
    assert token is not None
    bodies = re.findall(r"-d '(.*)'", example)
    headers = {"authorization": f"Bearer {token[1]}", "content-type": "application/json"}
    answers = [
        site.api.post(f"programs/{own.slug}/{path}", content=body, headers=headers)
        for path, body in zip(("members", "events"), bodies, strict=True)
    ]
    assert all(answer.is_success for answer in answers), [answer.text for answer in answers]
    assert answers[-1].json()["awards"]
    page.reload()
    expect(page.get_by_role("region", name="Before you announce it")).to_contain_text("Your shop has used its key")
    assert page.get_by_text(token[1]).count() == 0
    visit.everywhere(page)
