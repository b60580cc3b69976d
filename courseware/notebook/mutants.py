"""Make slightly wrong answers out of a right one, to see whether tests notice.

In: the source of a cell of the key, and which of its lines are the solution. Out: mutants: the source with
one small fault each, chosen evenly over kinds of faults and over the lines, always the same ones. Only the
text of the fault changes, so that a difference shows it and nothing else. What Python cannot read or write
down, and what has line ends of its own, has no mutants. Nothing is executed.
"""

import ast
import dataclasses
import hashlib
import itertools
import math
import re
from collections.abc import Collection, Iterator

MOST = 12
"""Mutants of one cell."""
_TRIED = 8
"""Faults that are tried for each mutant that is wanted: some say the same as the key."""
_DECIMAL = 10**4000
"""Python writes down no number of many more digits."""
_COMPARED: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: (r"<", "<="),
    ast.LtE: (r"<=", "<"),
    ast.Gt: (r">", ">="),
    ast.GtE: (r">=", ">"),
    ast.Eq: (r"==", "!="),
    ast.NotEq: (r"!=", "=="),
    ast.In: (r"\bin\b", "not in"),
    ast.NotIn: (r"\bnot\s+in\b", "in"),
    ast.Is: (r"\bis\b", "is not"),
    ast.IsNot: (r"\bis\s+not\b", "is"),
}
_REACHED: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: (r"\+", "-"),
    ast.Sub: (r"-", "+"),
    ast.Mult: (r"\*", "/"),
    ast.Div: (r"/", "*"),
    ast.FloorDiv: (r"//", "%"),
    ast.Mod: (r"%", "//"),
    ast.Pow: (r"\*\*", "*"),
}
_DISPLAYS = (ast.List, ast.ListComp, ast.Dict, ast.DictComp, ast.Set, ast.SetComp)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Mutant:
    """A wrong answer: the whole source, the kind of its fault, and where it differs from the key."""

    source: str
    kind: str
    line: int
    changed: tuple[str, ...]

    @property
    def mark(self) -> str:
        """The same for the same answer, wherever it comes from."""
        return hashlib.sha256(self.source.encode(errors="surrogatepass")).hexdigest()[:32]


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Edit:
    """Bytes in place of others; `line` is the one on which the fault is."""

    kind: str
    line: int
    start: int
    end: int
    text: str


def of(source: str, lines: Collection[int], *, most: int = MOST) -> tuple[Mutant, ...]:
    """The mutants of a cell whose solution is on these lines, counted from 1; in the order of lines."""
    source = source.replace("\r\n", "\n")
    if "\r" in source:
        return ()  # for Python a line ends there, and for everybody else it does not
    try:
        tree = ast.parse(source)
        key = ast.dump(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    text = _Text(source)
    found = [each for each in _edits(tree, text) if each.line in lines]
    made: dict[str, Mutant] = {}
    for edit in itertools.islice(_spread(found), _TRIED * most):
        mutant = _mutant(source, key, text, edit)
        if mutant is not None:
            made.setdefault(mutant.source, mutant)
        if len(made) == most:
            break
    return tuple(sorted(made.values(), key=lambda each: (each.line, each.kind)))


def _spread(edits: list[_Edit]) -> Iterator[_Edit]:
    """One of each kind in turn, of a kind those far apart first."""
    kinds: dict[str, list[_Edit]] = {}
    for edit in sorted(edits, key=lambda each: (each.start, each.end, each.text)):
        kinds.setdefault(edit.kind, []).append(edit)
    for turn in itertools.zip_longest(*(_apart(kinds[kind]) for kind in sorted(kinds))):
        yield from (edit for edit in turn if edit is not None)


def _apart(edits: list[_Edit]) -> list[_Edit]:
    """First, last, middle, and so on."""
    if len(edits) <= 2:
        return edits
    middle = len(edits) // 2
    rest = itertools.zip_longest(_apart(edits[1:middle]), _apart(edits[middle + 1 : -1]))
    return [edits[0], edits[-1], edits[middle], *(each for pair in rest for each in pair if each)]


def _mutant(source: str, key: str, text: "_Text", edit: _Edit) -> Mutant | None:
    """The source with one edit, if Python can read it and it is another program than the `key`."""
    mutated = text.replaced(edit)
    try:
        if ast.dump(ast.parse(mutated)) == key:
            return None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return Mutant(source=mutated, kind=edit.kind, line=edit.line, changed=_changed(source, mutated))


def _changed(source: str, mutated: str) -> tuple[str, ...]:
    """The lines that differ, which are all in one place: first those of the source."""
    before, after = source.split("\n"), mutated.split("\n")
    start = _alike(before, after)
    before, after = before[start:], after[start:]
    end = _alike(before[::-1], after[::-1])
    gone, come = before[: len(before) - end], after[: len(after) - end]
    return (*(f"-{line}" for line in gone), *(f"+{line}" for line in come))


def _alike(before: list[str], after: list[str]) -> int:
    """How many lines are the same from the beginning."""
    pairs = zip(before, after, strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


class _Text:
    """A source by bytes, as positions of the tree count."""

    def __init__(self, source: str) -> None:
        self._bytes = source.encode(errors="surrogatepass")
        lengths = [len(line) + 1 for line in self._bytes.split(b"\n")]
        self._starts = [0, *itertools.accumulate(lengths)]

    def start(self, node: ast.expr | ast.stmt) -> int:
        """Where a node begins."""
        return self._starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr | ast.stmt) -> int:
        """Where a node ends."""
        return self._starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)

    def between(self, start: int, end: int) -> str:
        """The text from here to there."""
        return self._bytes[start:end].decode(errors="surrogatepass")

    def replaced(self, edit: _Edit) -> str:
        """The whole text with one edit."""
        whole = self._bytes[: edit.start] + edit.text.encode() + self._bytes[edit.end :]
        return whole.decode(errors="surrogatepass")

    def whole(self, kind: str, node: ast.expr | ast.stmt, text: str) -> _Edit:
        """A text in place of a node."""
        return _Edit(kind=kind, line=node.lineno, start=self.start(node), end=self.end(node), text=text)

    def sign(self, kind: str, left: ast.expr, right: ast.expr, swap: tuple[str, str]) -> Iterator[_Edit]:
        """Another operator between two operands."""
        start, end = self.end(left), self.start(right)
        found = re.search(swap[0], self.between(start, end))
        if found is not None and "#" not in self.between(start, end):
            text = self.between(start, end)
            text = text[: found.start()] + swap[1] + text[found.end() :]
            yield _Edit(kind=kind, line=left.end_lineno or left.lineno, start=start, end=end, text=text)


def _edits(tree: ast.Module, text: _Text) -> Iterator[_Edit]:
    """All faults that can be made."""
    quiet = {
        id(node) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for node in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in quiet:
            continue  # positions in formatted texts are not kept by every Python
        if isinstance(node, ast.expr):
            yield from _of_expression(node, text)
        elif isinstance(node, ast.stmt):
            yield from _of_statement(node, text)


def _of_expression(node: ast.expr, text: _Text) -> Iterator[_Edit]:
    if isinstance(node, ast.Compare):
        operands = [node.left, *node.comparators]
        for left, right, operator in zip(operands, operands[1:], node.ops, strict=False):
            yield from text.sign("comparison", left, right, _COMPARED[type(operator)])
    elif isinstance(node, ast.BoolOp):
        swap = (r"\band\b", "or") if isinstance(node.op, ast.And) else (r"\bor\b", "and")
        for left, right in itertools.pairwise(node.values):
            yield from text.sign("and, or", left, right, swap)
    elif isinstance(node, ast.BinOp) and type(node.op) in _REACHED:
        yield from text.sign("arithmetic", node.left, node.right, _REACHED[type(node.op)])
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        inner = text.between(text.start(node.operand), text.end(node))
        yield text.whole("not, minus", node, f"({inner})" if isinstance(node.op, ast.Not) else inner)
    elif isinstance(node, ast.Constant):
        yield from _of_constant(node, text)


def _of_constant(node: ast.Constant, text: _Text) -> Iterator[_Edit]:
    if isinstance(node.value, bool):
        yield text.whole("constant", node, str(not node.value))
    elif isinstance(node.value, int):
        if node.value < _DECIMAL:
            yield text.whole("off by one", node, str(node.value + 1))
            yield text.whole("off by one", node, str(node.value - 1))
    elif isinstance(node.value, float) and math.isfinite(node.value * 1.1):
        yield text.whole("constant", node, repr(node.value * 1.1 + 0.1))


def _of_statement(node: ast.stmt, text: _Text) -> Iterator[_Edit]:
    if isinstance(node, ast.Return) and node.value is not None:
        if isinstance(node.value, _DISPLAYS):
            empty = "{}" if isinstance(node.value, ast.Dict | ast.DictComp) else "[]"
            yield text.whole("empty container", node.value, empty)
        told = isinstance(node.value, ast.Constant)
        yield text.whole("constant returned", node.value, "None" if told else "0")
    elif isinstance(node, ast.If):
        test = text.between(text.start(node.test), text.end(node.test))
        yield text.whole("branches swapped", node.test, f"not ({test})")
    elif isinstance(node, ast.AugAssign | ast.Break | ast.Continue) or _acts(node):
        yield text.whole("statement dropped", node, "pass")


def _acts(node: ast.stmt) -> bool:
    """Whether a statement calls something for what it does."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
