"""What the routes of single sign-on take and give."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from puntal.access.api.shapes import Name
from puntal.access.model_sso import Provider

Domain = Annotated[str, Field(min_length=1, max_length=253)]


class PutProvider(BaseModel):
    """A provider as it is to be."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "Acme",
                    "issuer": "https://login.acme.example",
                    "client_id": "puntal",
                    "secret": "s3cr3t-of-acme",
                    "domains": ["acme.example"],
                    "new_role": "analyst",
                }
            ]
        },
    )

    name: Name
    issuer: Annotated[str, Field(min_length=1, max_length=500)] = Field(description="As it names itself; https.")
    client_id: Annotated[str, Field(min_length=1, max_length=500)]
    secret: Annotated[str, Field(min_length=1, max_length=2000)] | None = Field(
        default=None, description="Left out: as it was. It is never shown again."
    )
    domains: list[Domain] = Field(
        default_factory=list,
        max_length=100,
        description="Of e-mail addresses it vouches for; empty: of people who are staff already.",
    )
    new_role: Annotated[str, Field(min_length=1, max_length=60)] | None = Field(
        default=None, description="Role of people of those domains who come first; null: nobody new is let in."
    )


class ProviderOut(BaseModel):
    """Who vouches for staff; without its secret."""

    id: str = Field(examples=["acme"])
    name: str = Field(examples=["Acme"])
    issuer: str = Field(examples=["https://login.acme.example"])
    client_id: str
    domains: list[str]
    new_role: str | None
    has_secret: bool
    fixed: bool = Field(description="Named by the settings, so not changed here.")
    redirect: str = Field(
        description="What the provider must know as our address.",
        examples=["https://club.example/v1/auth/sso/acme/callback"],
    )

    @classmethod
    def of(cls, provider: Provider, redirect: str, *, has_secret: bool) -> ProviderOut:
        """Return the provider as it is shown."""
        return cls(
            id=provider.id,
            name=provider.name,
            issuer=provider.issuer,
            client_id=provider.client_id,
            domains=list(provider.domains),
            new_role=provider.new_role,
            has_secret=has_secret,
            fixed=provider.fixed,
            redirect=redirect,
        )
