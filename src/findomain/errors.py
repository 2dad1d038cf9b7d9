"""The errors that findomain raises for a user's mistake: flat, each with one clear line.

The command line prints the line and ends with exit code 2; anything else is our fault and ends with 1.
"""


class FindomainError(Exception):
    """Base of every error whose message is meant for the user."""


class ScoresError(FindomainError):
    """A table of scores that cannot be used: wrong file, missing column, bad or doubled cell."""


class PublishedError(FindomainError):
    """Published results or shipped tables that are missing or malformed."""


class NotebookError(FindomainError):
    """A notebook template or one of its parameters that does not exist or fails."""


class MissingExtraError(FindomainError):
    """An optional dependency is needed and absent; the message names the extra that installs it."""


class TaskError(FindomainError):
    """A task, suite or dataset that does not exist or cannot be used; the message names the file and row."""


class EncoderError(FindomainError):
    """A model that is unknown, cannot be loaded here, or gives embeddings that cannot be used."""


class RunError(FindomainError):
    """A run that cannot start or a store of results that cannot be used."""


class ComplexityError(FindomainError):
    """Texts, vectors, a lexicon or a measure of complexity that cannot be used; the message names the place."""


def first_line(error: BaseException) -> str:
    """What an error says first; its kind where it says nothing."""
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
