"""Links: how long they work, what they do when they are opened, where they are shown."""

from pydantic import Field
from pydantic_settings import BaseSettings


class LinkSettings(BaseSettings):
    """The one-time addresses by which people decide without an account."""

    link_ttl_hours: float = Field(
        24, alias="LINK_TTL_HOURS", gt=0, le=8760, description="How many hours a one-time link works, a year at most"
    )
    single_click_links: bool = Field(
        False,
        alias="SINGLE_CLICK_LINKS",
        description="Whether a link's page answers as soon as it is opened; scanners that run scripts do too",
    )
    chat_link_buttons: bool = Field(
        True,
        alias="CHAT_LINK_BUTTONS",
        description="Whether cards have “Approve in browser”, “Deny in browser” where all who see them may decide",
    )
