"""The command line: `sunco`, or `python -m sunco_async.cli`.

Exit codes: 0 for success, 1 for a failure, 2 for a wrong option, setting or file, and 130 after
Ctrl-C. Reports go to stdout, progress and errors to stderr.
"""

import io
import sys
from collections.abc import Sequence

__all__ = ["main"]

_MISSING = 'sunco needs packages that are not installed: pip install "sunco-async[cli]"'


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; errors that are foreseen become one sentence."""
    try:
        from cyclopts import CycloptsError  # noqa: PLC0415 - an extra
    except ImportError:
        return _fail(_MISSING, 2)
    from sunco_async import SuncoError  # noqa: PLC0415 - not before the extra is known to be there
    from sunco_async.cli._app import app  # noqa: PLC0415 - it needs the extra
    from sunco_async.cli._errors import CommandError  # noqa: PLC0415 - as above
    from sunco_async.cli._stdout import drop_stdout  # noqa: PLC0415 - as above

    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a report is never lost to a character
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
    except SuncoError as error:
        return _fail(str(error), 1)
    except BrokenPipeError:  # by the help, whose reader had seen enough
        drop_stdout()
        return 1
    except KeyboardInterrupt:
        return _fail("interrupted", 130)
    return code if isinstance(code, int) else 0


def _fail(sentence: str, code: int) -> int:
    print(f"sunco: {sentence}", file=sys.stderr)  # noqa: T201 - a command line prints
    return code
