"""Telling people: one notice through every channel that is set, tried again, and never the reason why a run fails.

A notice says what happened, what is still good and what to do. Secrets come from the environment when a notice is sent
and stand in no message, log or run: of a failed delivery only the channel, the host and the kind of error are said.
"""

import logging
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import urlsplit

import requests
from tenacity import Retrying, retry_if_not_exception_type, stop_after_attempt, wait_random_exponential

from assets.ombudsman.client import is_loopback
from warehouse.settings import NoticeSettings, Secrets

TRIES = 3
LONGEST_PAUSE = 5.0  # seconds, between tries
TIMEOUT = 10.0  # seconds, for each answer of a server
PRODUCT = "Council Complaints Benchmark"

log = logging.getLogger(__name__)


class ChannelError(Exception):
    """A channel is set up in a way that would give a secret away or cannot work; trying again does not help."""


@dataclass(frozen=True)
class Notice:
    """One notice: a subject line, and sentences under three headings."""

    subject: str
    what_happened: tuple[str, ...]
    still_good: tuple[str, ...]
    to_do: tuple[str, ...]

    def as_text(self) -> str:
        """The notice as plain text, for people."""
        parts = {
            "What happened": self.what_happened,
            "What is still good": self.still_good,
            "What to do": self.to_do,
        }
        return "\n\n".join(
            f"{heading}\n" + "\n".join(f"- {line}" for line in lines) for heading, lines in parts.items() if lines
        )


@dataclass(frozen=True)
class Delivery:
    """What became of a notice on one channel; `problem` is empty where it arrived."""

    channel: str
    problem: str = ""

    def sentence(self) -> str:
        return f"Notice by {self.channel}: {self.problem or 'sent'}."


def channels(settings: NoticeSettings, secrets: Secrets) -> dict[str, Callable[[Notice], None]]:
    """The channels that are set, by a name that gives nothing away. Calling one sends a notice, or raises."""
    found: dict[str, Callable[[Notice], None]] = {}
    if settings.email_to:
        found[f"e-mail through {settings.smtp_host}"] = lambda notice: _mail(notice, settings, secrets)
    if address := secrets.webhook.get_secret_value():
        found[f"webhook at {urlsplit(address).hostname}"] = lambda notice: _post(notice, address)
    return found


def send(notice: Notice, settings: NoticeSettings, secrets: Secrets | None = None) -> list[Delivery]:
    """What became of the notice on each channel that is set. Never raises: a channel that is down is tried again,
    then logged and reported."""
    deliveries = []
    for name, channel in channels(settings, secrets or Secrets()).items():
        delivery = Delivery(name, _attempt(channel, notice))
        (log.warning if delivery.problem else log.info)("%s", delivery.sentence())
        deliveries.append(delivery)
    return deliveries


def _attempt(channel: Callable[[Notice], None], notice: Notice) -> str:
    """Why a notice did not arrive, or nothing."""
    try:
        for attempt in Retrying(
            retry=retry_if_not_exception_type(ChannelError),
            stop=stop_after_attempt(TRIES),
            wait=wait_random_exponential(max=LONGEST_PAUSE),
            reraise=True,
        ):
            with attempt:
                channel(notice)
    except ChannelError as error:
        return f"not sent: {error}"
    except smtplib.SMTPResponseException as error:
        return f"not sent after {TRIES} tries: the server answered {error.smtp_code} ({type(error).__name__})"
    except Exception as error:  # whatever a channel does, the run goes on
        # the error's own words may quote an address with a token in it
        return f"not sent after {TRIES} tries: {type(error).__name__}"
    return ""


def _mail(notice: Notice, settings: NoticeSettings, secrets: Secrets) -> None:
    password = secrets.smtp_password.get_secret_value()
    if settings.smtp_user and settings.smtp_security == "none":
        raise ChannelError("a password is not sent unprotected: set smtp_security to starttls or tls")
    message = EmailMessage()
    message["Subject"] = f"{PRODUCT}: {' '.join(notice.subject.split())}"
    message["From"] = settings.email_from or settings.email_to[0]
    message["To"] = ", ".join(settings.email_to)
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain="benchmark.invalid")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(notice.as_text() + "\n")
    context = ssl.create_default_context()
    host, port = settings.smtp_host, settings.smtp_port
    with (
        smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=context)
        if settings.smtp_security == "tls"
        else smtplib.SMTP(host, port, timeout=TIMEOUT)
    ) as server:
        if settings.smtp_security == "starttls":
            server.starttls(context=context)
        if settings.smtp_user:
            server.login(settings.smtp_user, password)
        server.send_message(message)


def _post(notice: Notice, address: str) -> None:
    if urlsplit(address).scheme != "https" and not is_loopback(address):
        raise ChannelError("a webhook's address, which is a secret, is used over https only")
    # `text` is what chat services show; the parts are for programs
    payload = {"text": f"{PRODUCT}: {notice.subject}\n\n{notice.as_text()}", **asdict(notice)}
    with requests.post(address, json=payload, timeout=TIMEOUT, allow_redirects=False) as answer:
        if answer.status_code >= 300:
            raise ConnectionError(f"the webhook answered {answer.status_code}")
