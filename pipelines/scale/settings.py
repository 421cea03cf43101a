"""The servers' addresses and the councils to publish. Addresses hold passwords, so only the environment has them."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL, make_url

REFRESH_QUEUE = "refresh"  # for the one worker that has the state folder: a refresh builds one file
COUNCILS_QUEUE = "councils"


class ScaleSettings(BaseSettings):
    """What a deployment on several machines adds to the installation's settings, each as `BENCHMARK_SCALE_<NAME>`."""

    model_config = SettingsConfigDict(
        env_prefix="BENCHMARK_SCALE_", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    postgres: SecretStr = Field(
        description="The database of Dagster's history and of the lake's catalogue: postgresql://user:password@host:port/name"
    )
    redis: SecretStr = Field(
        description="The server that hands runs to the workers: redis://:password@host:port/0"
    )
    lake: str = Field(description="Where the shared warehouse's files lie: a folder that every machine sees.")
    councils: list[str] = Field([], description="Councils to publish, by page name; every council if empty.")
    councils_per_run: int = Field(
        10, ge=1, description="How many councils one run publishes: a lost worker costs at most that many."
    )

    def database(self) -> URL:
        """The database's address in parts."""
        return make_url(self.postgres.get_secret_value())
