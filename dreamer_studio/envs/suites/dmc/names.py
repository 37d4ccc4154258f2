"""How the Control Suite's tasks are written."""

from typing import Final

PREFIX: Final = "dmc"


def dmc_task(domain: str, name: str) -> str:
    """Write the task ``dmc:<domain>-<name>``."""
    return f"{PREFIX}:{domain}-{name}"


def parse_dmc_name(task: str) -> tuple[str, str]:
    """Split ``dmc:<domain>-<name>`` into domain and name; the name is empty without a dash."""
    domain, _, name = task.removeprefix(f"{PREFIX}:").partition("-")
    return domain, name
