"""The command line: `sunco`, or `python -m sunco_async.cli`.

Exit codes: 0 for success, 1 for a failure, 2 for a wrong option, setting or file, and 130 after
Ctrl-C. Reports are written to stdout, progress and errors to stderr.
"""

import io
import sys
from collections.abc import Sequence

__all__ = ["main"]

_MISSING = 'sunco needs packages that are not installed: pip install "sunco-async[cli]"'


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    An error that has a known cause is printed as one sentence, without a traceback.

    Args:
        arguments: The arguments of the command line. By default those of the process.

    Returns:
        The exit code: 0 for success, 1 for a failure, 2 for a wrong option, setting or file, 130
        after Ctrl-C.
    """
    try:
        from cyclopts import CycloptsError  # noqa: PLC0415 - from an extra
    except ImportError:
        return _fail(_MISSING, 2)
    from sunco_async import SuncoError  # noqa: PLC0415 - only once the extra was found
    from sunco_async.bulk._errors import InputError  # noqa: PLC0415 - as above
    from sunco_async.cli._app import app  # noqa: PLC0415 - needs the extra
    from sunco_async.cli._errors import (  # noqa: PLC0415 - as above
        CommandError,
        input_error_text,
    )
    from sunco_async.cli._stdout import drop_stdout  # noqa: PLC0415 - as above

    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a character must not lose the report
    try:
        code = app(
            sys.argv[1:] if arguments is None else arguments,
            exit_on_error=False,
            print_error=False,
            result_action="return_value",
        )
    except CycloptsError as error:
        return _fail(" ".join(str(error).split()), 2)
    except CommandError as error:
        return _fail(str(error), error.exit_code)
    except InputError as error:
        return _fail(input_error_text(error), 2)
    except SuncoError as error:
        return _fail(str(error), 1)
    except BrokenPipeError:  # raised by the help, if its reader has closed the pipe
        drop_stdout()
        return 1
    except KeyboardInterrupt:
        return _fail("interrupted", 130)
    return code if isinstance(code, int) else 0


def _fail(sentence: str, code: int) -> int:
    print(f"sunco: {sentence}", file=sys.stderr)  # noqa: T201 - a command line prints
    return code
