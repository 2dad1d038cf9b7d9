"""What is put before a text: by its role, and for instructed models by the type of the task."""

from __future__ import annotations

from collections.abc import Mapping

from findomain.encoders.spec import instructions
from findomain.errors import EncoderError
from findomain.tasks.spec import Role, Task

ROLES = ("query", "document", "symmetric")


def prompt_for(prompts: Mapping[str, str], role: Role, task: Task) -> str:
    """The prompt of a role; a symmetric text without one of its own takes none."""
    template = prompts.get(role, "")
    return template.replace("{instruction}", instructions()[task.task_type]) if template else ""


def check_prompts(prompts: Mapping[str, str]) -> dict[str, str]:
    """The prompts, if their roles exist.

    Raises:
        EncoderError: a role that does not exist.
    """
    for role in prompts:
        if role not in ROLES:
            raise EncoderError(f"unknown role {role!r} of a prompt, expected one of {', '.join(ROLES)}")
    return dict(prompts)
