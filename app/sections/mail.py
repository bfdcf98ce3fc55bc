"""Mail: the server, how to log in there, the sender, recipients. All that it needs, or none."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings

from app import values
from app.sections.kinds import Words
from gateway.notifiers.email.options import MailOptions, Security

Host = Annotated[str, AfterValidator(values.mail_host)]
Sender = Annotated[str, AfterValidator(values.mail_sender)]
Recipients = Annotated[Words, AfterValidator(values.mail_addresses)]
Kept = Annotated[Literal["starttls", "tls", "none"], BeforeValidator(values.lower)]


class MailSettings(BaseSettings):
    """What letters are sent with."""

    smtp_host: Host | None = Field(None, alias="SMTP_HOST", description="The mail server's name; goes with SMTP_FROM")
    smtp_port: int = Field(
        587,
        alias="SMTP_PORT",
        ge=1,
        le=65535,
        description="The mail server's port; 465 is usual with SMTP_TLS=tls",
    )
    smtp_user: str | None = Field(None, alias="SMTP_USER", description="The name to log in with; goes with SMTP_PASS")
    smtp_pass: SecretStr | None = Field(None, alias="SMTP_PASS", description="The password to log in with")
    smtp_from: Sender | None = Field(
        None,
        alias="SMTP_FROM",
        description="Whom mail is from: gate@example.com or AgentGate <gate@example.com>",
    )
    smtp_tls: Kept = Field(
        "starttls",
        alias="SMTP_TLS",
        description="How the connection is kept private: starttls, tls from the first byte, or none",
    )
    email_default_to: Recipients = Field(
        (),
        alias="EMAIL_DEFAULT_TO",
        description="Who gets mail when no rule names a channel, separated by commas",
    )

    @model_validator(mode="after")
    def _mail_is_whole(self) -> Self:
        given = {
            "SMTP_FROM": self.smtp_from,
            "SMTP_USER": self.smtp_user,
            "SMTP_PASS": self.smtp_pass,
            "EMAIL_DEFAULT_TO": self.email_default_to,
        }
        first = next((name for name, value in given.items() if value), None)
        if self.smtp_host is None and first:
            raise ValueError(f"SMTP_HOST is missing: {first} is set, and mail needs a server to send it")
        if self.smtp_host is not None and self.smtp_from is None:
            raise ValueError("SMTP_FROM is missing: SMTP_HOST is set, and mail needs a sender")
        for name, other in (("SMTP_PASS", "SMTP_USER"), ("SMTP_USER", "SMTP_PASS")):
            if given[name] is None and given[other] is not None:
                raise ValueError(f"{name} is missing: {other} is set, and a login needs both")
        return self

    @property
    def mail(self) -> MailOptions | None:
        """Return what is set for mail, or None when it is not used."""
        if self.smtp_host is None or self.smtp_from is None:
            return None
        return MailOptions(
            host=self.smtp_host,
            sender=self.smtp_from,
            port=self.smtp_port,
            user=self.smtp_user,
            password=self.smtp_pass.get_secret_value() if self.smtp_pass else None,
            security=Security(self.smtp_tls),
            default_to=self.email_default_to,
        )
