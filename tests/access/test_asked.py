"""What whoever decides a request reads of it, over HTTP (F10)."""

from __future__ import annotations

import httpx2
from fastapi import FastAPI
from offices import Office
from signers import Hire, sign_in


async def test_who_decides_an_adjustment_reads_whom_how_much_and_why(
    office: Office, served: FastAPI, hire: Hire
) -> None:
    person = {"ids": {"email": "eva@example.org"}, "name": "Eva Ruiz"}
    eva = (await office.anna.post(f"{office.at}/members", json=person)).json()["id"]
    body = {"wallet": "points", "amount": 700, "reason": "Hola", "internal_reason": "Ticket 80"}
    assert (await office.anna.post(f"{office.at}/members/{eva}/adjustments", json=body)).status_code == 201
    headers = {"sec-fetch-site": "same-origin"}
    transport = httpx2.ASGITransport(served, client=("203.0.113.41", 40000))
    async with httpx2.AsyncClient(transport=transport, base_url="https://puntal", headers=headers) as carla:
        await sign_in(carla, await hire("Carla", "support"))
        above = body | {"amount": 5000, "reason": "Disculpa", "internal_reason": "Ticket 81"}
        asked = await office.waiting(await carla.post(f"{office.at}/members/{eva}/adjustments", json=above))

    assert asked["summary"] == {
        "en": "Add 5,000 points to Eva Ruiz: Disculpa",
        "es": "Añadir 5.000 puntos a Eva Ruiz: Disculpa",
    }
    about = asked["about"]
    assert (about["member_id"], about["member"]) == (eva, "Eva Ruiz")
    assert about["wallet"] == {"id": "points", "en": "points", "es": "puntos"}
    figures = [about[name] for name in ("amount", "before", "after", "worth_minor", "worth_currency")]
    assert figures == [5000, 700, 5700, 5000, "EUR"]
    assert (about["reason"], about["internal"]) == ("Disculpa", "Ticket 81")
    (listed,) = (await office.ben.get(f"{office.at}/approvals")).json()["items"]
    assert listed["about"] == about
    done = (await office.decide(office.ben, asked["id"])).json()
    assert (done["state"], done["about"]["before"], done["about"]["amount"]) == ("approved", None, 5000)
