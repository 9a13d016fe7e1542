"""moto's internals are not a contract. Before we patch, everything we rely on must look as expected."""
from __future__ import annotations

import ast
import hashlib
import inspect
import os
import sys
from types import ModuleType
from typing import Any

from .patches.expectations import EXPECTED, MOTO_VERSION
from .say import EXIT_SELF_CHECK, Refusal


_checked: set[str] = set()


def refusal(detail: str) -> Refusal:
    return Refusal("self-check", detail, EXIT_SELF_CHECK)


def check_version() -> None:
    try:
        import moto
    except ImportError as error:
        raise refusal(f"moto cannot be imported: {error}. Install moto=={MOTO_VERSION}.")
    if getattr(moto, "__version__", None) != MOTO_VERSION:
        raise refusal(f"moto {getattr(moto, '__version__', '?')} is installed, exactly {MOTO_VERSION} is needed")


def check_package(module: ModuleType) -> None:
    """For a module that was imported just now and is not patched yet, and what it brought along."""
    for name in EXPECTED:
        if name == module.__name__ or (name.startswith(module.__name__ + ".") and name in sys.modules and name not in _checked):
            _checked.add(name)
            check_module(sys.modules[name])


def check_module(module: ModuleType) -> None:
    for path, wanted in EXPECTED.get(module.__name__, {}).items():
        thing: Any = module
        for part in path.split("."):
            thing = inspect.getattr_static(thing, part, None) if inspect.isclass(thing) else getattr(thing, part, None)
            if thing is None:
                raise refusal(f"{module.__name__}.{path} does not exist")
        thing = getattr(thing, "__func__", thing)
        if wanted is not None and (found := list(inspect.signature(thing).parameters)) != wanted.split():
            raise refusal(f"{module.__name__}.{path} takes ({', '.join(found)}), expected ({', '.join(wanted.split())})")


def source_files() -> dict[str, str]:
    import moto

    root = os.path.dirname(os.path.dirname(os.path.abspath(moto.__file__)))
    bases = {name: os.path.join(root, *name.split(".")) for name in EXPECTED}
    return {name: base + ".py" if os.path.exists(base + ".py") else os.path.join(base, "__init__.py") for name, base in bases.items()}


def check_sources(passed_before: str | None) -> str:
    """Before anything is imported: the source says the same. Returns what identifies the files that passed,
    so that the next start need not read them again (0.3 s)."""
    files = source_files()
    try:
        stamps = sorted((path, os.stat(path).st_mtime_ns, os.stat(path).st_size) for path in files.values())
    except FileNotFoundError as error:
        raise refusal(f"a part of moto is missing: {error.filename}")
    identity = hashlib.sha256(repr((stamps, EXPECTED)).encode()).hexdigest()
    if identity != passed_before:
        for name, path in files.items():
            with open(path, encoding="utf-8") as source:
                tree = ast.parse(source.read())
            for wanted_path, wanted in EXPECTED[name].items():
                _check_node(name, tree, wanted_path, wanted)
    return identity


def _check_node(name: str, tree: ast.AST, path: str, wanted: str | None) -> None:
    node: Any = tree
    for part in path.split("."):
        node = next((n for n in getattr(node, "body", []) if _name_of(n) == part), None)
        if node is None:
            raise refusal(f"{name}.{path} does not exist")
    if wanted is not None:
        a = node.args
        found = [x.arg for x in [*a.posonlyargs, *a.args, a.vararg, *a.kwonlyargs, a.kwarg] if x]
        if found != wanted.split():
            raise refusal(f"{name}.{path} takes ({', '.join(found)}), expected ({', '.join(wanted.split())})")


def _name_of(node: Any) -> str | None:
    if isinstance(node, ast.Assign):
        return getattr(node.targets[0], "id", None)
    if isinstance(node, ast.AnnAssign):
        return getattr(node.target, "id", None)
    return getattr(node, "name", None)
