"""Which answers are alike, so that one mark serves many; pure.

In: answers with what came of them. Out: groups of those that say the same, the largest first. Of Python the
program is compared and not how it is written: names that only it sees, comments, layout, annotations and
texts that document do not count; names that others call do. Of prose, letters' case does not count but in
formulas and code, where $O(n)$ is another than $o(n)$, and blanks do not; of what is neither, and of a
program that is too large or too deep to be compared, blanks at the ends of lines. Answers that ended in
different verdicts or errors are never alike, whatever they say: the same words can be right or wrong with
what stands around them.
"""

import ast
import collections
import dataclasses
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

Kind = Literal["python", "prose", "other"]
_MAX, _MOST_NODES = 50_000, 10_000
_MARKS = re.compile(r"\\[a-zA-Z]++|\\[\\$]|`++|~{3,}+|\$\$?+")
"""What code and formulas in prose begin and end with, and words of LaTeX."""
_MIRRORED: Mapping[type[ast.cmpop], type[ast.cmpop]] = {ast.Gt: ast.Lt, ast.GtE: ast.LtE}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Answer:
    """What somebody wrote; `failed` are the tests that it failed, `error` what its run ended with."""

    source: str
    kind: Kind
    failed: tuple[str, ...] = ()
    error: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Group:
    """Answers that are alike, by their ids; `signature` is the same whenever the same is said."""

    signature: str
    members: tuple[str, ...]


def groups(signed: Mapping[str, str]) -> tuple[Group, ...]:
    """The answers that are alike, the largest group first, of equals the one that came first; from the
    signature of each, by its id.
    """
    found: dict[str, list[str]] = {}
    for each, signature in signed.items():
        found.setdefault(signature, []).append(each)
    made = [Group(signature=key, members=tuple(members)) for key, members in found.items()]
    return tuple(sorted(made, key=lambda group: -len(group.members)))


def signature(answer: Answer) -> str:
    """What alike answers have in common."""
    parts = [answer.kind, normal(answer.source, answer.kind), *answer.failed, "\0", _error(answer.error)]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:24]


def normal(source: str, kind: Kind) -> str:
    """What is said, without how it is written."""
    if kind == "python" and len(source) <= _MAX:
        program = _program(source)
        if program is not None:
            return program
    if kind == "prose":
        return " ".join(_folded(source).split())
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def _error(said: str) -> str:
    """An error without what differs from run to run: addresses of objects."""
    return re.sub(r"0x[0-9a-f]+", "0x", said.strip())


def _folded(source: str) -> str:
    """A text in which the case of letters counts in formulas and code alone."""
    made, end = [], 0
    for start, stop in _literal(source):
        made += [source[end:start].casefold(), source[start:stop]]
        end = stop
    return "".join([*made, source[end:].casefold()])


def _literal(source: str) -> Iterator[tuple[int, int]]:
    """Where formulas, code and words of LaTeX are; what has no end is none."""
    marks = list(_MARKS.finditer(source))
    later: dict[str, collections.deque[re.Match[str]]] = {}
    for each in marks:
        later.setdefault(each[0], collections.deque()).append(each)
    end = 0
    for each in marks:
        if each.start() < end:
            continue
        ends = later[each[0]]
        while ends and ends[0].start() <= each.start():
            ends.popleft()
        if each[0].startswith("\\"):
            yield each.span()
        elif ends:
            end = ends[0].end()
            yield each.start(), end


def _program(source: str) -> str | None:
    """A program in its normal form; None for what is none, such as cells with magics, or cannot be written
    down: a number of more digits than Python prints, what is nested deeper than it goes.
    """
    try:
        tree = ast.parse(source)
        if sum(1 for _ in ast.walk(tree)) > _MOST_NODES:
            return None
        bare = _Bare().visit(tree)
        _rename(bare)
        return ast.dump(bare, annotate_fields=False)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


class _Bare(ast.NodeTransformer):
    """Takes out what does nothing, and writes alike what is the same."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        """A text or number that stands alone says nothing to a program."""
        self.generic_visit(node)
        return None if isinstance(node.value, ast.Constant) else node

    def visit_Pass(self, node: ast.Pass) -> None:
        """A blank."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        """An assignment is one without its annotation."""
        self.generic_visit(node)
        if node.value is None:
            return None
        return ast.Assign(targets=[node.target], value=node.value, type_comment=None)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """`a > b` is `b < a`."""
        self.generic_visit(node)
        mirrored = _MIRRORED.get(type(node.ops[0]))
        if len(node.ops) > 1 or mirrored is None:
            return node
        return ast.Compare(left=node.comparators[0], ops=[mirrored()], comparators=[node.left])

    def visit_arg(self, node: ast.arg) -> ast.AST:
        """A parameter without its annotation."""
        node.annotation = node.type_comment = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """A function without what it is said to return."""
        self.generic_visit(node)
        node.returns = None
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        """`if not a: x else: y` is `if a: y else: x`."""
        self.generic_visit(node)
        if node.orelse and isinstance(node.test, ast.UnaryOp) and isinstance(node.test.op, ast.Not):
            return ast.If(test=node.test.operand, body=node.orelse, orelse=node.body)
        return node


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SCOPES = (*_FUNCTIONS, ast.Lambda)
_MADE = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def _rename(tree: ast.AST) -> None:
    """Number the names that only a function or a comprehension sees, in the order in which they come; within
    one, those of the ones around it keep their numbers.
    """
    counter, done = iter(range(_MAX)), set[int]()

    def numbered(names: Iterable[str]) -> dict[str, str]:
        return {name: f"#{next(counter)}" for name in dict.fromkeys(names)}

    def walk(node: ast.AST, known: Mapping[str, str]) -> None:
        if id(node) in done:
            return
        done.add(id(node))
        if isinstance(node, _FUNCTIONS):
            node.name = known.get(node.name, node.name)
        if isinstance(node, _SCOPES):
            for each in _outside(node):
                walk(each, known)
            known = {**known, **numbered(_own(node))}
            for argument in _arguments(node):
                argument.arg = known[argument.arg]
        elif isinstance(node, _MADE):
            # Where it begins is worked out before it has names of its own.
            walk(node.generators[0].iter, known)
            targets = [each for of in node.generators for each in ast.walk(of.target)]
            known = {**known, **numbered(each.id for each in targets if isinstance(each, ast.Name))}
        elif isinstance(node, ast.Name):
            node.id = known.get(node.id, node.id)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            node.name = known.get(node.name, node.name)
        for child in ast.iter_child_nodes(node):
            walk(child, known)

    walk(tree, {})


def _arguments(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> list[ast.arg]:
    """The parameters, in their order."""
    of = node.args
    several = [each for each in (of.vararg, of.kwarg) if each is not None]
    return [*of.posonlyargs, *of.args, *of.kwonlyargs, *several]


def _outside(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Sequence[ast.AST]:
    """What of a function is worked out where it stands."""
    of = node.args
    decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
    return [*decorators, *of.defaults, *(each for each in of.kw_defaults if each is not None)]


def _own(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> list[str]:
    """The names that belong to a function: parameters and what it assigns, in their order, without what it
    says is of the ones around it.
    """
    found = [each.arg for each in _arguments(node)]
    if isinstance(node, ast.Lambda):
        return list(dict.fromkeys(found))
    foreign: set[str] = set()
    waiting = collections.deque[ast.AST](node.body)
    while waiting:
        each = waiting.popleft()
        if isinstance(each, (ast.Global, ast.Nonlocal)):
            foreign |= set(each.names)
        elif isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
            found.append(each.id)
        elif isinstance(each, (ast.ExceptHandler, *_FUNCTIONS)) and each.name:
            found.append(each.name)
        if not isinstance(each, (*_SCOPES, *_MADE, ast.ClassDef)):
            waiting.extendleft(reversed(list(ast.iter_child_nodes(each))))
    return [name for name in dict.fromkeys(found) if name not in foreign]
