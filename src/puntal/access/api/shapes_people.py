"""What the routes of setting up, of people and of stores take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, EmailStr, Field

from puntal.access import phrases, policy
from puntal.access.api.shapes import Name, StaffOut
from puntal.access.api.shapes_sign_in import Password
from puntal.access.model import Permission, Role, Store
from puntal.kit.words import Words

Theme = Literal["system", "light", "dark"]
Language = Literal["en", "es"]
Programs = Annotated[list[Annotated[int, Field(ge=1, lt=2**31)]], Field(min_length=1, max_length=200)]
StoreId = Annotated[str, Field(min_length=1, max_length=200)]


class WordsOut(BaseModel):
    """The same in both languages."""

    en: str = Field(examples=["See members"])
    es: str = Field(examples=["Ver miembros"])

    @classmethod
    def of(cls, words: Words) -> WordsOut:
        """Return the words as they are shown."""
        return cls(en=words.en, es=words.es)


class ProviderName(BaseModel):
    """Somebody who vouches for staff."""

    id: str = Field(examples=["acme"])
    name: str = Field(examples=["Acme"])


class SetupOut(BaseModel):
    """Where an installation stands before anybody has signed in."""

    owned: bool = Field(description="Somebody owns it: sign in. Else set it up.")
    token_required: bool = Field(description="Setting up from where you are takes the token that was printed.")
    demo: bool = Field(description="The demo's programs are loaded.")
    version: str = Field(examples=["0.1.0"])
    locales: list[Language]
    password_least: int = Field(description="Fewest characters of a password.", examples=[policy.PASSWORD_LEAST])
    passkeys: bool = Field(description="Whether a passkey can be used at this address.")
    providers: list[ProviderName] = Field(description="Whom one may sign in with instead of a password.")


class SetupIn(BaseModel):
    """The business and its first owner."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "organization": "Café Aurora",
                    "email": "anna@example.com",
                    "name": "Anna",
                    "password": "four quiet green apples",
                    "locale": "es",
                }
            ]
        },
    )

    organization: Name
    email: EmailStr = Field(max_length=254)
    name: Name
    password: Password
    locale: Language = "en"
    token: str | None = Field(
        default=None, max_length=200, description="As puntal printed it; needed unless you sit at the machine itself."
    )


class ChangeMe(BaseModel):
    """What one changes of oneself; what is left out stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"locale": "es", "theme": "dark"}]})

    name: Name = ""
    locale: Language = "en"
    theme: Theme = "system"


class ChangeStaff(BaseModel):
    """What is to be different about a person; what is left out stays."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"role": "cashier", "store": "madrid-1", "programs": [1]}]}
    )

    name: Name = ""
    role: Annotated[str, Field(min_length=1, max_length=60)] = ""
    store: StoreId | None = Field(default=None, description="Id of a store; null takes her away from hers.")
    locale: Language = "en"
    programs: Programs | None = Field(default=None, description="Ids of the only ones she sees; null: every one.")


class InviteStaff(BaseModel):
    """A person to add, who chooses her password herself."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"email": "ben@example.com", "name": "Ben", "role": "marketer", "locale": "es"}]
        },
    )

    email: EmailStr = Field(max_length=254)
    name: Name
    role: Annotated[str, Field(min_length=1, max_length=60)]
    store: StoreId | None = None
    locale: Language = "en"
    programs: Programs | None = Field(default=None, description="Ids of the only ones she sees; null: every one.")


class InvitationOut(BaseModel):
    """A person just added, and the token with which she chooses her password. Shown this once."""

    staff: StaffOut
    token: str | None = Field(
        description="Hand it to her yourself; it goes to `POST /v1/auth/password/reset`. Null when the answer is a "
        "repeated one: secrets are not kept."
    )
    expires_at: datetime


class PermissionOut(BaseModel):
    """Something that can be allowed."""

    id: Permission
    group: WordsOut
    description: WordsOut


class RoleWordsOut(BaseModel):
    """A named set of permissions, in words."""

    id: str
    name: WordsOut
    description: WordsOut | None = Field(description="Null for a role of your own.")
    permissions: list[Permission]
    adjust_limit: int | None
    built_in: bool

    @classmethod
    def of(cls, role: Role) -> RoleWordsOut:
        """Return the role as it is shown."""
        known = phrases.ROLES.get(role.id)
        return cls(
            id=role.id,
            name=WordsOut.of(phrases.name_of_role(role.id)),
            description=None if known is None else WordsOut.of(known[1]),
            permissions=sorted(role.permissions),
            adjust_limit=role.adjust_limit,
            built_in=role.built_in,
        )


class OpenStore(BaseModel):
    """A store to open."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"id": "madrid-1", "name": "Gran Vía"}]})

    id: StoreId = Field(description="What orders of its tills carry; never changes.")
    name: Name


class RenameStore(BaseModel):
    """What a store is called."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "Gran Vía 12"}]})

    name: Name


class RenameOrganization(BaseModel):
    """What the business is called."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "Café Aurora"}]})

    name: Name


class StoreOut(BaseModel):
    """Where cashiers work."""

    id: str = Field(examples=["madrid-1"])
    name: str = Field(examples=["Gran Vía"])
    created_at: datetime
    closed_at: datetime | None
    people: int = Field(description="How many work there.")

    @classmethod
    def of(cls, store: Store, people: int) -> StoreOut:
        """Return the store as it is shown."""
        return cls(id=store.id, name=store.name, created_at=store.created_at, closed_at=store.closed_at, people=people)
