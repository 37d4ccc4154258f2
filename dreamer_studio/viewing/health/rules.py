"""All rules, and the look at a run through them."""

from __future__ import annotations

from typing import Final

from dreamer_studio.viewing.health.evidence import Evidence
from dreamer_studio.viewing.health.finding import LEVELS, Health
from dreamer_studio.viewing.health.model_rules import MODEL_RULES
from dreamer_studio.viewing.health.policy_rules import POLICY_RULES
from dreamer_studio.viewing.health.training_rules import TRAINING_RULES

RULES: Final = (*MODEL_RULES, *POLICY_RULES, *TRAINING_RULES)


def examine(evidence: Evidence) -> Health:
    """Ask every rule. Findings that speak come first, and within a level the order is that of `RULES`."""
    findings = [rule.examine(evidence) for rule in RULES]
    return Health(tuple(sorted(findings, key=lambda finding: LEVELS.index(finding.level))))
