"""Where the statements stand that state a rule: found in the source by their form, so that a new one is deleted as well."""

from __future__ import annotations

import ast
import importlib
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

from tests.mutants.deletion import Mutant, Statement, source, without

Wanted = Callable[[ast.FunctionDef, ast.stmt], bool]
"""Whether a statement of a function states a rule."""


def deletions(side: str, modules: list[str], wanted: Wanted, number: Callable[[tuple[str, ...]], str]) -> Iterator[Mutant]:
    """A mutant for every wanted statement; `number` gives the number of a rule by the texts that its statement holds."""
    for module in modules:
        names: Counter[str] = Counter()
        for function, node in statements(module):
            if not wanted(function[1], node):
                continue
            texts = _texts(node)
            name = f"{module}.{function[0]}: {_shown(node, texts)}"
            names[name] += 1
            if names[name] > 1:
                name += f" #{names[name]}"
            place = Statement(module, function[0], node.lineno, node.col_offset)
            words = (*texts, _about(function[1].name), module.rpartition(".")[2])
            yield Mutant(side, name, number(words), words, partial(without, place))


def rules(side: str, modules: list[str]) -> Iterator[Mutant]:
    """A mutant for every function that the `RULES` of a module name and that stands in it: it finds nothing."""
    for module in modules:
        found = importlib.import_module(module)
        own = [rule for rule in found.RULES if rule.__module__ == module]
        for rule in own:
            node = next(node for node in _tree(module).body if isinstance(node, ast.FunctionDef) and node.name == rule.__name__)
            place = Statement(module, rule.__name__, node.lineno, node.col_offset)
            words = (*_texts(node), _about(rule.__name__), module.rpartition(".")[2])
            yield Mutant(side, f"{module}.{rule.__name__}", "", words, partial(without, place))


def statements(module: str) -> Iterator[tuple[tuple[str, ast.FunctionDef], ast.stmt]]:
    """Every statement of every function of a module, with the outermost function that holds it."""
    for node in _tree(module).body:
        functions = [node] if isinstance(node, ast.FunctionDef) else getattr(node, "body", []) if isinstance(node, ast.ClassDef) else []
        for function in functions:
            if isinstance(function, ast.FunctionDef):
                qualified = f"{node.name}.{function.name}" if isinstance(node, ast.ClassDef) else function.name
                inside = (found for found in ast.walk(function) if isinstance(found, ast.stmt) and found is not function)
                yield from (((qualified, function), found) for found in sorted(inside, key=lambda found: (found.lineno, found.col_offset)))


def called(node: ast.stmt) -> str:
    """The dotted name of what a statement calls, if it is nothing but a call."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return ast.unparse(node.value.func)
    return ""


def _tree(module: str) -> ast.Module:
    return ast.parse(source(module))


def _texts(node: ast.stmt) -> tuple[str, ...]:
    """The texts that a statement holds, those of f-strings aside, which are words and no names."""
    within = {id(part) for joined in ast.walk(node) if isinstance(joined, ast.JoinedStr) for part in ast.walk(joined)}
    held = (part for part in ast.walk(node) if isinstance(part, ast.Constant) and id(part) not in within)
    return tuple(dict.fromkeys(part.value for part in held if isinstance(part.value, str) and part.value and " " not in part.value))


def _about(function: str) -> str:
    """What a function is about by its name: `_started_absent` tells when a `started` is absent."""
    return function.strip("_").removesuffix("_absent")


def _shown(node: ast.stmt, texts: tuple[str, ...]) -> str:
    """A statement in a few words: what it calls or tells with the names it holds, or what it returns."""
    value = node.value if isinstance(node, ast.Expr) else None
    told = value.value if isinstance(value, ast.Yield | ast.YieldFrom) else value
    if isinstance(told, ast.Call):
        return f"{ast.unparse(told.func)}({', '.join(texts[:3])})"
    return ast.unparse(node).replace("f'", "'")[:90]
