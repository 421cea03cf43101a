"""What the figures of a statistics page must add up to, and what does not."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal


def _half_up(numerator: Decimal, denominator: Decimal) -> Decimal:
    """The whole per cent as LGSCO rounds it."""
    return (100 * numerator / denominator).quantize(Decimal(1), ROUND_HALF_UP)


def contradictions(figures: dict[str, Decimal]) -> Iterator[str]:
    """Sentences saying which printed figures do not agree with each other."""

    def of(*measures: str) -> list[Decimal] | None:
        found = [figures[measure] for measure in measures if measure in figures]
        return found if len(found) == len(measures) else None

    parts = of("dealt_with", "not_for_us", "assessed_and_closed", "investigated")
    if parts and parts[0] != sum(parts[1:]):
        yield f"dealt_with {parts[0]} is not the sum of {' + '.join(map(str, parts[1:]))}"
    for whole, part, rate in (
        ("investigated", "upheld", "uphold_rate_pct"),
        ("satisfactory_remedy_upheld_base", "satisfactory_remedies", "satisfactory_remedy_rate_pct"),
    ):
        if counts := of(whole, part):
            if counts[1] > counts[0]:
                yield f"{part} {counts[1]} is more than {whole} {counts[0]}"
            elif counts[0] and rate in figures and figures[rate] != _half_up(counts[1], counts[0]):
                yield f"{rate} {figures[rate]} is not {counts[1]} of {counts[0]}"
            elif not counts[0] and figures.get(rate):
                yield f"{rate} {figures[rate]} although {whole} is 0"
    if (bases := of("upheld", "satisfactory_remedy_upheld_base")) and bases[0] != bases[1]:
        yield f"upheld {bases[0]} is not satisfactory_remedy_upheld_base {bases[1]}"
    if counts := of("compliance_outcomes", "compliance_rate_pct"):
        outcomes, rate_printed = counts
        if outcomes == 0:
            yield f"compliance_rate_pct {rate_printed} of 0 compliance_outcomes is no rate"
        elif outcomes <= 1000 and not any(
            _half_up(Decimal(complied), outcomes) == rate_printed for complied in range(int(outcomes) + 1)
        ):
            yield f"compliance_rate_pct {rate_printed} is no whole number of {outcomes} compliance_outcomes"
