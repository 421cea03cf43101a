"""Where things are and what the product is about: one typed settings object.

Every setting can be given in `settings.toml` at the top of the checkout or as an environment variable
`BENCHMARK_<NAME>`; the environment wins. `docs/settings.md` lists them.
"""

from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from benchmarking.settings import RankingSettings

PROJECT = Path(__file__).resolve().parent.parent


class ComparatorGroup(StrEnum):
    """The groups of data/reference/comparator_groups.csv: a test holds the two equal."""

    lgsco_type = "lgsco_type"
    region = "region"
    dfe_neighbours = "dfe_neighbours"
    ons_neighbours = "ons_neighbours"
    deprivation = "deprivation"
    rural_urban = "rural_urban"
    own_list = "own_list"


class NoticeSettings(BaseModel):
    """Who gets notices of a failure or a new edition, and through which mail server."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    email_to: list[str] = Field([], description="Addresses to tell; none, and no mail is sent.")
    email_from: str = Field("", description="The sender; the first address of email_to if empty.")
    smtp_host: str = Field("localhost", description="The mail server.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Its port.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the connection is protected; none only without a password."
    )
    smtp_user: str = Field("", description="The name to sign in with; none, and nobody signs in.")


class Secrets(BaseSettings):
    """What only the environment may hold: it is read when it is needed, and is part of no run, log or file."""

    model_config = SettingsConfigDict(env_prefix="BENCHMARK_", extra="ignore", frozen=True, hide_input_in_errors=True)

    smtp_password: SecretStr = Field(SecretStr(""), description="The password of notices.smtp_user.")
    webhook: SecretStr = Field(SecretStr(""), description="The address that notices are posted to as JSON.")
    register_database: SecretStr = Field(
        SecretStr(""),
        description="The address by which SQLAlchemy finds the database that a register's query asks.",
    )


class Settings(BaseSettings):
    """The installation's settings, with the defaults that a first run uses."""

    model_config = SettingsConfigDict(
        env_prefix="BENCHMARK_",
        toml_file=PROJECT / "settings.toml",
        extra="forbid",
        frozen=True,
        # a secret that was put into settings.toml by mistake is refused, and not shown
        hide_input_in_errors=True,
    )

    council: str = Field(
        "worcestershire-county-council",
        description="The subject: a council's name or page name.",
    )
    comparators: ComparatorGroup = Field(
        ComparatorGroup.lgsco_type, description="The comparator group that reports use first."
    )
    own_comparators: list[str] = Field(
        [], description="Councils of your own choice to compare the subject with, as the group own_list."
    )
    ranking: RankingSettings = Field(
        RankingSettings(),
        description="The numbers of the ranking protocol; docs/methods.md gives their reasons.",
    )
    data: Path = Field(PROJECT / "data", description="Published figures that ship with the project.")
    sql: Path = Field(PROJECT / "sql", description="The models, one SELECT a file.")
    expectations: Path = Field(PROJECT / "expectations", description="What must be true of each relation.")
    indicators: Path = Field(PROJECT / "indicators", description="One file per indicator.")
    sentences: Path = Field(
        PROJECT / "assets" / "answers" / "sentences",
        description="The sentences of the panel pack, one file a question.",
    )
    state: Path = Field(
        PROJECT / "state",
        description="What runs keep: history, captures, the warehouse being built.",
    )
    output: Path = Field(
        PROJECT / "output",
        description="What runs publish: reports, workbooks, the warehouse.",
    )
    captures: Path = Field(
        default_factory=lambda given: given["state"] / "captures",
        description="The archive of what was read from the Ombudsman; captures in `state` unless set.",
    )
    shared: Path | None = Field(
        None,
        description="A folder that workers on other machines see: each refresh puts its warehouse there for them.",
    )
    publish_for: list[str] = Field(
        [],
        description="Councils that the sensor every_council publishes after each refresh; all of them if empty.",
    )
    site: str = Field(
        "", description="The Ombudsman's site, or a stand-in for it on this machine; empty for the real one."
    )
    seconds_between_looks: int = Field(6 * 60 * 60, ge=1, description="How often the sensor looks for a publication.")
    contact: str = Field("", description="An e-mail address or page by which the Ombudsman can reach whoever collects.")
    seconds_between_requests: float = Field(1.0, ge=0, description="The pace of collecting, before jitter.")
    most_failed: float = Field(0.1, ge=0, le=1, description="Share of a round that may fail before the run does.")
    is_example: bool = Field(False, description="Whether this is the example with its invented councils.")
    internal_edition: bool = Field(
        False,
        description="Whether a council with a register gets an internal edition in `state/internal` too.",
    )
    publications_kept: int = Field(
        12, ge=0, description="How many earlier publications of a council are kept beside the current one."
    )
    lock_wait_seconds: float = Field(120, description="How long a run waits for another to release the warehouse.")
    notices: NoticeSettings = Field(
        NoticeSettings(), description="Who gets notices of a failure or a new edition, and how."
    )
    runs_kept: int = Field(
        200, ge=10, description="How many runs Dagster's history keeps when it is tidied; the newest stay."
    )
    captures_kept_days: int = Field(
        400,
        ge=30,
        description="How long a capture is kept that shows nothing but what an earlier and a later one show too.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then `settings.toml`."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)
