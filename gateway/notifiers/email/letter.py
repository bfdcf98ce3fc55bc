"""Card → letter: headers that only we write, and the card as text and as HTML."""

from dataclasses import dataclass, replace
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from hashlib import blake2b

from gateway.card import Card, Facts, Tone
from gateway.cards import reminder_line
from gateway.events import RequestReminded
from gateway.notifiers.email.options import MailOptions
from gateway.notifiers.email.render import as_html, as_text

LONGEST_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class Thread:
    """What later letters about a request refer to: the first one's id and subject."""

    message_id: str
    subject: str


def subject_of(card: Card) -> str:
    """Return the first letter's subject: our word for how it stands, the action, the code. One line, come what may."""
    word = "Approval needed" if card.tone is Tone.WAITING else card.headline.partition(" ")[0]
    code = (card.footer or "").partition(" · ")[0]
    action = " ".join(_action(card).split())
    if len(action) > LONGEST_SUBJECT:
        action = f"{action[:LONGEST_SUBJECT]} …{len(action) - LONGEST_SUBJECT} more characters"
    return f"{word}: {action} ({code})"


def _action(card: Card) -> str:
    rows = [row for section in card.sections if isinstance(section, Facts) for row in section.rows]
    return next((value for label, value in rows if label == "Action"), "")


def letter_id(card: Card, recipient: str, event: str, *, domain: str) -> str:
    """Return the same id for the same letter, so that one that is sent twice can be known as one."""
    digest = blake2b(f"{card.request_id} {recipient} {event}".encode(), digest_size=16).hexdigest()
    return f"<{digest}@{domain}>"


def write_letter(
    card: Card, recipient: str, *, event: str, options: MailOptions, at: datetime, thread: Thread | None = None
) -> EmailMessage:
    """Return a letter to one recipient: the first about a request, or one in its thread."""
    letter = EmailMessage(policy=SMTP if recipient.isascii() else SMTPUTF8)
    letter["From"] = _sender(options.sender)
    letter["To"] = mailbox(recipient)
    letter["Subject"] = f"Re: {thread.subject}" if thread else subject_of(card)
    letter["Date"] = format_datetime(at)
    letter["Message-ID"] = letter_id(card, recipient, event, domain=options.domain)
    if thread is not None:
        letter["In-Reply-To"] = thread.message_id
        letter["References"] = thread.message_id
    letter["Auto-Submitted"] = "auto-generated"
    letter["X-Auto-Response-Suppress"] = "All"  # Exchange answers for people who are away, unless it is told not to
    shown = replace(card, headline=reminder_line(card)) if event == RequestReminded.type else card
    letter.set_content(as_text(shown), cte="quoted-printable")
    letter.add_alternative(as_html(shown), subtype="html", cte="quoted-printable")
    return letter


def mailbox(recipient: str) -> Address:
    """Return a recipient as headers and the server are told, quoted where it must be."""
    local, _, domain = recipient.rpartition("@")
    return Address(username=local, domain=domain)


def _sender(written: str) -> Address:
    name, address = parseaddr(written)
    local, _, domain = address.rpartition("@")
    return Address(name, local, domain)
