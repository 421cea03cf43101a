"""Notices arrive, say what they must, give no secret away, and never break what they tell of."""

import logging
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from pipelines import notices
from pipelines.notices import Notice, send
from tests.unit.pipelines.channels import free_port, mail_server, webhook
from warehouse import settings
from warehouse.settings import NoticeSettings, Secrets, Settings

NOTICE = Notice(
    "refresh failed, nothing was published",
    ("The disk is full.",),
    ("The publication of 21 November 2026 stands.",),
    ("Make room, then run again.",),
)


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "LONGEST_PAUSE", 0.01)
    monkeypatch.setattr(notices, "TIMEOUT", 2.0)


def by_mail(port: int, **more: object) -> NoticeSettings:
    return NoticeSettings.model_validate(
        {
            "email_to": ["analyst@council.example"],
            "smtp_host": "127.0.0.1",
            "smtp_port": port,
            "smtp_security": "none",
            **more,
        }
    )


def test_a_mail_says_what_happened_what_is_still_good_and_what_to_do() -> None:
    with mail_server() as box:
        deliveries = send(NOTICE, by_mail(box.port), Secrets())
    assert [delivery.problem for delivery in deliveries] == [""]
    assert box.messages[0]["To"] == "analyst@council.example"
    assert "nothing was published" in box.messages[0]["Subject"]
    assert box.texts[0].split("\n\n")[0] == "What happened\n- The disk is full."
    assert "What is still good\n- The publication of 21 November 2026 stands." in box.texts[0]
    assert "What to do\n- Make room, then run again." in box.texts[0]


def test_a_webhook_gets_the_notice_as_text_and_in_parts() -> None:
    with webhook() as hook:
        deliveries = send(NOTICE, NoticeSettings(), Secrets(webhook=SecretStr(hook.address)))
    assert [delivery.problem for delivery in deliveries] == [""]
    assert "The disk is full." in hook.posted[0]["text"]
    assert hook.posted[0]["to_do"] == ["Make room, then run again."]


def test_no_channel_is_no_delivery() -> None:
    assert send(NOTICE, NoticeSettings(), Secrets()) == []


def test_a_passing_failure_of_a_channel_is_overcome() -> None:
    with mail_server(refuse_first=2) as box, webhook(500, 503) as hook:
        deliveries = send(NOTICE, by_mail(box.port), Secrets(webhook=SecretStr(hook.address)))
    assert [delivery.problem for delivery in deliveries] == ["", ""]
    assert (len(box.messages), len(hook.posted)) == (1, 3)


def test_a_channel_that_is_down_is_said_and_hinders_no_other(caplog: pytest.LogCaptureFixture) -> None:
    with webhook() as hook, caplog.at_level(logging.WARNING):
        deliveries = send(NOTICE, by_mail(free_port()), Secrets(webhook=SecretStr(hook.address)))
    assert [bool(delivery.problem) for delivery in deliveries] == [True, False]
    assert "not sent after 3 tries: ConnectionRefusedError" in caplog.text
    assert len(hook.posted) == 1


def test_a_redirect_of_a_webhook_is_not_followed() -> None:
    with webhook(302, 302, 302) as hook:
        (delivery,) = send(NOTICE, NoticeSettings(), Secrets(webhook=SecretStr(hook.address)))
    assert "not sent" in delivery.problem and len(hook.posted) == 3


@pytest.mark.parametrize("status", [404, 500])
def test_a_secret_address_stands_in_no_log_and_no_answer(status: int, caplog: pytest.LogCaptureFixture) -> None:
    with webhook(status, status, status) as hook, caplog.at_level(logging.DEBUG, logger="pipelines"):
        secrets = Secrets(webhook=SecretStr(hook.address))
        (delivery,) = send(NOTICE, NoticeSettings(), secrets)
    assert delivery.problem
    assert "a-secret-token" not in caplog.text + repr(delivery) + delivery.sentence() + repr(secrets)


def test_a_webhook_in_the_clear_to_another_machine_is_not_used() -> None:
    (delivery,) = send(NOTICE, NoticeSettings(), Secrets(webhook=SecretStr("http://hooks.example/a-secret-token")))
    assert "https only" in delivery.problem and "a-secret-token" not in delivery.problem


def test_a_password_is_never_sent_in_the_clear() -> None:
    with mail_server(auth_require_tls=False) as box:
        settings = by_mail(box.port, smtp_user="benchmark")
        (delivery,) = send(NOTICE, settings, Secrets(smtp_password=SecretStr("right")))
    assert "starttls or tls" in delivery.problem
    assert box.signed_in == [] and box.messages == []


def test_a_server_that_offers_no_protection_gets_neither_password_nor_mail() -> None:
    with mail_server(auth_require_tls=False) as box:
        settings = by_mail(box.port, smtp_user="benchmark", smtp_security="starttls")
        (delivery,) = send(NOTICE, settings, Secrets(smtp_password=SecretStr("right")))
    assert delivery.problem and box.signed_in == [] and box.messages == []


def test_a_line_break_in_a_name_adds_no_header() -> None:
    hostile = Notice("new publication for X\r\nBcc: all@council.example", (), (), ())
    with mail_server() as box:
        send(hostile, by_mail(box.port), Secrets())
    assert box.messages[0]["Bcc"] is None


def test_secrets_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCHMARK_SMTP_PASSWORD", "right")
    assert Secrets().smtp_password.get_secret_value() == "right"
    assert "right" not in repr(Secrets()) and "right" not in Settings().model_dump_json()


def test_a_secret_in_the_settings_file_is_refused_and_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('smtp_password = "hunter2"\n[notices]\nwebhook = "hunter3"\n', encoding="utf-8")
    monkeypatch.setitem(settings.Settings.model_config, "toml_file", file)
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert "smtp_password" in str(refused.value) and "notices.webhook" in str(refused.value)
    assert "hunter" not in str(refused.value)
