"""What the runtime's errors are on the command line."""

from __future__ import annotations

from collections.abc import Sequence

from gradio_runtime.errors import (
    AppError,
    GradioError,
    InputError,
    JobCancelled,
    OutputMismatch,
    SchemaDrift,
    ServerValidationError,
)

from ..descriptions.fetch import hint_for_the_shell
from ..errors import CallError, CodegenError, SourceError, UsageError
from .parameters import Parameter

#: The app has answered, and not with a result; the other errors are of the way to it.
_ITS_OWN = (AppError, JobCancelled, OutputMismatch, SchemaDrift)


def failure_of(error: GradioError, parameters: Sequence[Parameter]) -> CodegenError:
    """Return an error of a call as one of the command line's.

    Parameters are called by their options.
    """
    error.hint = hint_for_the_shell(error)
    if isinstance(error, InputError | ServerValidationError) and error.fields:
        known = {item.name: item for item in parameters}
        error.message = "; ".join(
            _misfit(known.get(path.partition(".")[0]), path, problem)
            for path, problem in error.fields.items()
        )
        error.hint = None
    if isinstance(error, InputError | ServerValidationError):
        return UsageError(str(error))
    if isinstance(error, _ITS_OWN):
        return CallError(str(error))
    return SourceError(str(error))


def _misfit(parameter: Parameter | None, path: str, problem: str) -> str:
    if parameter is None:
        return f"{path}: {problem}"
    inside = path[len(parameter.name) :]
    return f"{parameter.flag}{inside}: {problem}"
