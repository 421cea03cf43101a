"""An indicator is a file: `indicators/<name>.yml` names a numerator and a denominator and says what they mean."""

from datetime import date
from pathlib import Path
from typing import Literal

import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from warehouse.files import declaration, mistakes


class IndicatorError(Exception):
    """One or more indicator files cannot be read; the message lists every error of every file."""


class Indicator(BaseModel):
    """One indicator, as its file defines it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    indicator: str
    title: str
    short_title: str = Field(description="What readers call it, in a few plain words.")
    question: str = Field(
        pattern=r"^Q[1-9]\d?$",
        description="The panel's question that it helps to answer.",
    )
    order: int = Field(description="Its place in reports.")
    definition: str
    caution: str
    kind: Literal["proportion", "rate"] = Field(description="A share of cases, or a number per 100,000 residents.")
    numerator: str | None = Field(
        None,
        description="A measure; left out where only the printed percentage is published.",
    )
    denominator: str = Field(description="A measure, or `population`.")
    printed: str | None = Field(None, description="The measure that is this indicator as its source prints it.")
    printed_average: str | None = Field(
        None,
        description="The measure that is the source's average of similar councils.",
    )
    procedure: str = "all"
    stage: str = "all"
    scope: str = "all"
    limit_days: int | None = Field(None, description="Only figures against this limit, or against none stated.")
    polarity: Literal["lower", "higher", "none"] = Field(description="Which direction is good, or that none is.")
    upper_tier_only: bool = Field(False, description="Whether only upper-tier councils have the service.")
    author: str
    checker: str
    next_review: date

    @model_validator(mode="after")
    def _can_be_computed(self) -> "Indicator":
        if self.numerator is None and self.printed is None:
            raise ValueError("an indicator needs a numerator or a printed measure")
        if (self.kind == "rate") != (self.denominator == "population"):
            raise ValueError("a rate is divided by `population`, and only a rate is")
        return self


def read_indicators(folder: Path) -> list[Indicator]:
    """Every indicator in `folder`, in the order of reports."""
    indicators, errors = [], []
    for path in sorted(folder.glob("*.yml")):
        try:
            indicators.append(Indicator.model_validate({"indicator": path.stem, **declaration(path)}))
        except (OSError, yaml.YAMLError, ValidationError, TypeError) as error:
            errors.append(f"{path}: {mistakes(error)}")
    if errors:
        raise IndicatorError("\n".join(errors))
    return sorted(indicators, key=lambda indicator: (indicator.order, indicator.indicator))


def indicator_rows(indicators: list[Indicator]) -> pd.DataFrame:
    """The indicators as rows of text, one a row, for the raw relation."""
    frame = pd.DataFrame([indicator.model_dump(mode="json") for indicator in indicators])
    return frame.astype("str").where(frame.notna(), None).astype("str")
