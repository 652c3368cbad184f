"""The exports of a public package.

Each name is listed once, in the `__all__` of the module that defines it, and the package imports it
with `import *`. From a module whose `__all__` has names for other modules too, it is imported with
`import Name as Name`. Type checkers take both forms for exports, so a package has no list of its
own.
"""

import sys
from types import FunctionType, ModuleType

__all__ = ["publish"]


def publish(package: str) -> None:
    """Set `__all__` of a package, and make the package the `__module__` of what it exports.

    Reprs, tracebacks, pickles and documentation then show `sunco_async.models.User`, the path that
    users import, and not `sunco_async.models._users.User`.

    A string annotation of an exported struct is therefore resolved in the package: it must name
    something that the package exports too.

    Args:
        package: The `__name__` of the package, which calls this after its imports.
    """
    namespace = vars(sys.modules[package])
    exported = {
        name: value
        for name, value in namespace.items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }
    namespace["__all__"] = sorted(exported)
    for value in exported.values():
        if isinstance(value, type | FunctionType) and value.__module__.startswith("sunco_async."):
            value.__module__ = package
