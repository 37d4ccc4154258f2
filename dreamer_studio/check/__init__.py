"""Checks a task before a training: plays 100 random steps in the environment's process and reports the findings."""

from dreamer_studio.check.checking import Progress, check_task
from dreamer_studio.check.report import CheckReport, Row, Verdict

__all__ = ["CheckReport", "Progress", "Row", "Verdict", "check_task"]
