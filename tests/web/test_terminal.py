"""What a refresh prints is what the README shows of it."""

from assets.publication.findings import Findings
from pipelines.refresh import told
from pipelines.settings import PROJECT


def test_the_readme_shows_what_is_printed(findings: Findings) -> None:
    (head,) = (head for head in findings.headlines if head["indicator"] == "uphold_rate")
    printed = "\n".join(told(head, findings))
    assert f"```text\n{printed}\n```" in (PROJECT / "README.md").read_text(encoding="utf-8")
