"""What is taken out: one rule, by a change to the running program that is never written to a file."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from types import CodeType

Mark = Callable[[], None]
"""Told each time the program comes to where the rule was."""
STAND_IN = "__deleted__"


@dataclass(frozen=True)
class Mutant:
    """The program without one rule.

    `side` is the part of the program; `name` says what is taken out; `number` is that of MATHS.md, if it has one; `words` are what a test
    about it would mention, the last of them what its file may be called after; `apply` takes it out of this process for good and keeps the
    mark that tells whether its place is reached.
    """

    side: str
    name: str
    number: str
    words: tuple[str, ...]
    apply: Callable[[Mark], None]


@dataclass(frozen=True)
class Statement:
    """A statement of a module-level function or method: `function` is its qualified name; `line` and `column` are where it begins."""

    module: str
    function: str
    line: int
    column: int


def without(statement: Statement, mark: Mark) -> None:
    """Run the function of a statement without it from now on: its code is replaced, so whoever holds the function sees the change."""
    module = importlib.import_module(statement.module)
    tree = _Deleter(statement).visit(ast.parse(source(statement.module)))
    code = compile(ast.fix_missing_locations(tree), str(module.__file__), "exec", dont_inherit=True)
    function = module
    for part in statement.function.split("."):
        function = getattr(function, part)
    inner = inspect.unwrap(function)  # type: ignore[arg-type]
    inner.__code__ = next(found for found in _codes(code) if found.co_qualname == statement.function)
    inner.__globals__[STAND_IN] = mark


@cache
def source(module: str) -> str:
    """The text of a module, as it was when it was first asked for: a hunt outlasts an edit."""
    return inspect.getsource(importlib.import_module(module))


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


class _Deleter(ast.NodeTransformer):
    """Puts one statement under a condition that never holds: the mark, which says nothing."""

    def __init__(self, statement: Statement) -> None:
        self.place = (statement.line, statement.column)

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.stmt) and (node.lineno, node.col_offset) == self.place:
            return ast.copy_location(_stand_in(node), node)
        return super().generic_visit(node)


def _stand_in(node: ast.stmt) -> ast.stmt:
    """What is still written, though never run, leaves a generator a generator and a closure a closure.

    A rule that is a function, and a list that is returned, are empty; all else does nothing.
    """
    if isinstance(node, ast.FunctionDef):
        node.body = [_never(node.body, empty=True)]
        return node
    return _never([node], empty=isinstance(node, ast.Return) and isinstance(node.value, ast.List))


def _never(body: list[ast.stmt], *, empty: bool) -> ast.If:
    """Statements under the mark; without them an empty list is returned, or the function goes on."""
    mark = ast.Call(ast.Name(STAND_IN, ast.Load()), [], [])
    return ast.If(mark, body, [ast.Return(ast.List([], ast.Load()))] if empty else [])
