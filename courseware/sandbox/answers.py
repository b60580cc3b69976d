"""The student's side of an isolated test: answers what the process of the tests asks for.

In: one question (a message and its buffers) and the namespace of the student's cells. Out: the answer:
data, or the description of a thing that stays here under a number. It runs among the student's code, so
nothing that it says is believed on the other side. It refuses nothing for safety's sake; `link` does.
Messages alternate strictly: while a question is being answered, `back` may send a call of a function that
the test passed in, and gets its result, or a further question that is answered first.
"""

from __future__ import annotations

import asyncio
import builtins
import collections
import contextlib
import inspect
import io
import operator
import os
import stat
import sys
from collections.abc import Callable, Iterator
from typing import Any

from courseware.sandbox import codec, codec_plain, library, scope

Message = dict[str, Any]
Reply = tuple[Message, list[bytes]]
Back = Callable[[Message, list[bytes]], Reply]

MAX_TEXT = 2000
MAX_PRINTED = 200_000
MAX_FILE = 4 << 20
MAX_FILES = 16 << 20
MUTABLE = (list, dict, set, bytearray, collections.deque, collections.OrderedDict, collections.defaultdict,
           collections.Counter)  # fmt: skip
_TABLES = {"numpy.ndarray", "pandas.DataFrame", "pandas.Series", "pandas.core.frame.DataFrame",
           "pandas.core.series.Series"}  # fmt: skip
_FIGURES = {"gcf", "gca", "get_fignums"}
_MISSING = object()
_UNARY: dict[str, Callable[[Any], Any]] = {
    **{name: getattr(operator, name) for name in ("neg", "pos", "invert", "abs")},
    **{"int": int, "float": float, "complex": complex, "bool": bool, "len": len},
    **{"str": str, "repr": repr, "round": round, "hash": hash},
}


class _Written:
    """A result that writes more into the answer than a value."""

    def __init__(self, write: Callable[[codec_plain.Encoder], Message]) -> None:
        self.write = write


class Answers:
    """The things of one student's process that the tests know by number."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace
        self._things: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}
        self._given: dict[int, Callable[..., Any]] = {}
        self._given_numbers: dict[int, int] = {}
        self._fetched: dict[str, tuple[Any, codec_plain.Tree]] = {}
        self._seen_files: dict[str, tuple[int, int]] = {}
        self._back: Back | None = None

    def serve(self, message: Message, buffers: list[bytes], back: Back | None = None) -> Reply:
        """The answer to one question; whatever goes wrong is an answer, too."""
        self._back = back or self._back
        encoder = codec.encoder(self._describe)
        decoder = codec.decoder(buffers, self._bring)
        printed = io.StringIO()
        answer: Message = {"op": "answer"}
        try:
            self._bind(message, decoder)
            with contextlib.redirect_stdout(printed), self._patched(message):
                value = _OPERATIONS[message["op"]](self, message, decoder)
            answer.update(value.write(encoder) if type(value) is _Written else {"value": encoder.tree(value)})
        except BaseException as error:
            # Whatever the student's code raises is told; ending this process is not for a test to see.
            if message["op"] == "next" and isinstance(error, StopIteration):
                answer.update({"end": True, "value": self._safe(encoder, error.value)})
            else:
                answer["error"] = self._error(encoder, error)
        answer["printed"] = printed.getvalue()[:MAX_PRINTED]
        answer["changed"] = self._changes(encoder)
        answer["files"] = dict(self._files(encoder)) if message.get("files") else {}
        return answer, encoder.buffers

    def _describe(self, value: Any) -> dict[str, Any]:
        """What is told of a thing that stays here."""
        known = library.name_of(value)
        if known is not None:
            return known
        if id(value) in self._given_numbers:
            return {"yours": self._given_numbers[id(value)]}
        number = self._number(value)
        if isinstance(value, type) and issubclass(value, BaseException):
            bases = [self._base(base) for base in value.__bases__]
            return {"number": number, "kind": "exception", "name": value.__name__, "bases": bases}
        kind = "instance"
        if isinstance(value, type):
            kind = "class"
        elif inspect.isroutine(value) or type(value).__name__ in {"partial", "ufunc", "_lru_cache_wrapper"}:
            kind = "function"
        elif hasattr(type(value), "__next__"):
            kind = "generator" if inspect.isgenerator(value) else "iterator"
        elif callable(value):
            kind = "callable"
        name = getattr(value, "__name__", None) if kind in {"class", "function"} else None
        return {"number": number, "kind": kind, "type": type(value).__name__, "name": name}

    def _base(self, base: type) -> dict[str, Any]:
        """A base of an exception's class: by full name if it is a library's, else described."""
        if base.__module__ == "builtins" or base.__module__.split(".")[0] in library.ROOTS:
            return {"full": f"{base.__module__}.{base.__qualname__}"}
        return self._describe(base) if issubclass(base, BaseException) else {"full": "builtins.object"}

    def _number(self, value: Any) -> int:
        """The number of a thing; it is kept, so that the number stays its own."""
        number = self._numbers.get(id(value))
        if number is None:
            number = len(self._things) + 1
            self._things[number], self._numbers[id(value)] = value, number
        return number

    def _bring(self, told: dict[str, Any]) -> Any:
        """The thing that the tests mean: one of ours, a library's, or a function of theirs to call."""
        if "number" in told:
            return self._things[told["number"]]
        if "library" in told:
            return library.module(told["library"])
        if "builtin" in told:
            return library.builtin(told["builtin"])
        return self._stub(told["call"], str(told.get("name", "function")))

    def _stub(self, number: int, name: str) -> Callable[..., Any]:
        """A function here that calls the one of the test there."""
        if number not in self._given:

            def called(*args: Any, **kwargs: Any) -> Any:
                return self._call_back(number, args, kwargs)

            called.__name__ = called.__qualname__ = name
            self._given[number] = called
            self._given_numbers[id(called)] = number
        return self._given[number]

    def _call_back(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Have the test's function called, and answer what it asks meanwhile."""
        back = self._back
        if back is None:
            raise RuntimeError("The test cannot be called back now.")
        encoder = codec.encoder(self._describe)
        told = {name: encoder.tree(value) for name, value in kwargs.items()}
        message: Message = {"op": "reverse", "call": number, "args": encoder.each(args, 0), "kwargs": told}
        reply, buffers = back(message, encoder.buffers)
        while reply["op"] != "returned":
            reply, buffers = back(*self.serve(reply, buffers, back))
        if "error" in reply:
            kind = getattr(builtins, reply["error"]["name"], RuntimeError)
            raise (kind if issubclass(kind, BaseException) else RuntimeError)(reply["error"]["text"])
        return codec.decoder(buffers, self._bring).value(reply["value"])

    def _safe(self, encoder: codec_plain.Encoder, value: Any) -> codec_plain.Tree:
        """The tree of a value; where it is too large, of the thing that stays here."""
        kept = len(encoder.buffers)
        try:
            return encoder.tree(value)
        except codec_plain.TooMuch:
            del encoder.buffers[kept:]
            return ["ref", self._describe(value)]

    def _error(self, encoder: codec_plain.Encoder, error: BaseException) -> dict[str, Any]:
        """What is told of an exception."""
        try:
            text = str(error)[:MAX_TEXT]
            args = self._safe(encoder, tuple(error.args))
        except BaseException:
            # An exception of the student's that cannot be shown.
            text, args = "", ["t", []]
        kind = type(error)
        told = self._base(kind) if kind.__module__ != "__main__" else self._describe(kind)
        return {
            "class": told,
            "text": text,
            "args": args,
            "number": self._number(error),
            "name": kind.__name__,
        }

    def _bind(self, message: Message, decoder: codec_plain.Decoder) -> None:
        """Take over names that the test bound anew or deleted."""
        for name, tree in message.get("set", {}).items():
            value = decoder.value(tree)
            self._namespace[name] = value
            self._fetched[name] = (value, None)
        for name in message.get("del", ()):
            self._namespace.pop(name, None)
            self._fetched.pop(name, None)

    @contextlib.contextmanager
    def _patched(self, message: Message) -> Iterator[None]:
        """Functions of the language that the test replaced, replaced here for as long."""
        wanted = {name: self._stub(number, name) for name, number in message.get("patched", {}).items()}
        before = {name: getattr(builtins, name) for name in wanted}
        for name, stub in wanted.items():
            setattr(builtins, name, stub)
        try:
            yield
        finally:
            for name, function in before.items():
                setattr(builtins, name, function)

    def _changes(self, encoder: codec_plain.Encoder) -> dict[str, codec_plain.Tree]:
        """The fetched names that are bound to something else by now, or whose small containers changed."""
        changed: dict[str, codec_plain.Tree] = {}
        for name, (value, before) in list(self._fetched.items()):
            now = self._namespace.get(name, _MISSING)
            if now is _MISSING:
                del self._fetched[name]
                changed[name] = ["gone"]
            elif now is not value or (before is not None and _small(now, self._describe) != before):
                self._fetched[name] = (now, _small(now, self._describe))
                changed[name] = self._safe(encoder, now)
        return changed

    def _files(self, encoder: codec_plain.Encoder) -> Iterator[tuple[str, codec_plain.Tree]]:
        """The files that were not sent as they are, the latest first: which one is wanted, the test knows."""
        left = MAX_FILES
        for mark, name in sorted(_data_files(), reverse=True):
            if self._seen_files.get(name) == mark or mark[1] > left:
                continue
            with contextlib.suppress(OSError, codec_plain.TooMuch):
                with open(name, "rb") as file:
                    yield name, encoder.blob(file.read(MAX_FILE))
                left -= mark[1]
                self._seen_files[name] = mark

    def _thing(self, message: Message) -> Any:
        return self._things[message["number"]]

    def _names(self, message: Message, decoder: codec_plain.Decoder) -> Any:
        """Several names of the namespace at once."""

        def write(encoder: codec_plain.Encoder) -> Message:
            found: dict[str, codec_plain.Tree] = {}
            self._fetched.clear()
            for name in message["names"]:
                value = self._namespace.get(name, _MISSING)
                if value is not _MISSING:
                    found[name] = self._safe(encoder, value)
                    self._fetched[name] = (value, _small(value, self._describe))
            return {"values": found}

        return _Written(write)

    def _call(self, message: Message, decoder: codec_plain.Decoder) -> Any:
        """Call a thing; arguments that it changed in place go back with the result."""
        args = decoder.each(message["args"], 0)
        kwargs = {name: decoder.read(tree, 0) for name, tree in message["kwargs"].items()}
        named: list[tuple[Any, Any]] = [*enumerate(args), *kwargs.items()]
        passed = [(place, value) for place, value in named if _can_change(value)]
        before = [self._picture(value) for _, value in passed]
        result = self._thing(message)(*args, **kwargs)

        def write(encoder: codec_plain.Encoder) -> Message:
            told = [
                [place, encoder.tree(value)]
                for (place, value), old in zip(passed, before, strict=True)
                if self._picture(value) != old
            ]
            return {"value": encoder.tree(result), "altered": told}

        return _Written(write)

    def _picture(self, value: Any) -> tuple[Any, list[bytes]]:
        encoder = codec.encoder(self._describe)
        return encoder.tree(value), encoder.buffers

    def _binary(self, message: Message, decoder: codec_plain.Decoder) -> Any:
        """An operator between a thing and another one or data, from the left or the right."""
        other, function = decoder.value(message["other"]), _operator(message["name"])
        return (
            function(other, self._thing(message))
            if message["right"]
            else function(self._thing(message), other)
        )

    def _of_class(self, message: Message, decoder: codec_plain.Decoder) -> bool:
        other = decoder.value(message["other"])
        return (issubclass if message["name"] == "issubclass" else isinstance)(other, self._thing(message))

    def _set(self, message: Message, decoder: codec_plain.Decoder) -> None:
        value = decoder.value(message["value"])
        if message["op"] == "setattr":
            setattr(self._thing(message), message["name"], value)
        else:
            self._thing(message)[decoder.value(message["key"])] = value

    def _get_item(self, message: Message, decoder: codec_plain.Decoder) -> Any:
        if message["op"] == "getitem":
            return self._thing(message)[decoder.value(message["key"])]
        del self._thing(message)[decoder.value(message["key"])]
        return None

    def _leave(self, message: Message, decoder: codec_plain.Decoder) -> None:
        """Leave a `with` block; what happened in it is told by its name only."""
        kind = getattr(builtins, message["name"] or "", None)
        error = kind("The block failed.") if isinstance(kind, type) and issubclass(kind, Exception) else None
        self._thing(message).__exit__(kind if error else None, error, None)

    def _signature(self, message: Message, decoder: codec_plain.Decoder) -> Any:
        """The parameters of a function: name, kind, whether there is a default, and the default."""
        empty = inspect.Parameter.empty
        return [
            [p.name, int(p.kind), p.default is not empty, None if p.default is empty else p.default]
            for p in inspect.signature(self._thing(message)).parameters.values()
        ]

    def _figure(self, message: Message, decoder: codec_plain.Decoder) -> Any:
        """The figure, axes or numbers of figures that pyplot has here."""
        if message["name"] not in _FIGURES:
            raise RuntimeError("No such question about figures.")
        return getattr(sys.modules["matplotlib.pyplot"], message["name"])()


def _data_files() -> Iterator[tuple[tuple[int, int], str]]:
    """The files below the work folder that could be wanted: when they were changed, size and name."""
    for top, folders, names in os.walk("."):
        folders[:] = [name for name in folders if top.count("/") < 3 and name[0] not in ".-~"]
        for name in (os.path.join(top, each)[2:] for each in names):
            with contextlib.suppress(OSError):
                state = os.lstat(name)
                if stat.S_ISREG(state.st_mode) and state.st_size <= MAX_FILE and scope.may_be_file(name):
                    yield (state.st_mtime_ns, state.st_size), name


def _can_change(value: Any) -> bool:
    kind = type(value)
    return kind in MUTABLE or f"{kind.__module__}.{kind.__qualname__}" in _TABLES


def _small(value: Any, describe: codec_plain.Export) -> codec_plain.Tree:
    """The tree of a container with few parts, to see later whether it changed; None for all else."""
    if type(value) not in MUTABLE or len(value) > 200:
        return None
    try:
        return codec.encoder(describe).tree(value)
    except codec_plain.TooMuch:
        return None


def _operator(name: str) -> Callable[[Any, Any], Any]:
    function: Callable[[Any, Any], Any] = divmod if name == "divmod" else getattr(operator, name)
    return function


def _wait_for(thing: Any) -> Any:
    """What an awaitable gives; in a loop of its own, since the cells' one does not run now."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(thing)
    finally:
        loop.close()


def _next(answers: Answers, message: Message, decoder: codec_plain.Decoder) -> Any:
    thing = answers._thing(message)
    return thing.send(decoder.value(message["value"])) if "value" in message else next(thing)


_OPERATIONS: dict[str, Callable[[Answers, Message, codec_plain.Decoder], Any]] = {
    "names": Answers._names,
    "bind": lambda a, m, d: None,
    "call": Answers._call,
    "getattr": lambda a, m, d: getattr(a._thing(m), m["name"]),
    "delattr": lambda a, m, d: delattr(a._thing(m), m["name"]),
    "setattr": Answers._set,
    "setitem": Answers._set,
    "getitem": Answers._get_item,
    "delitem": Answers._get_item,
    "iter": lambda a, m, d: iter(a._thing(m)),
    "next": _next,
    "close": lambda a, m, d: a._thing(m).close(),
    "unary": lambda a, m, d: _UNARY[m["name"]](a._thing(m)),
    "format": lambda a, m, d: format(a._thing(m), m["name"]),
    "binary": Answers._binary,
    "of-class": Answers._of_class,
    "await": lambda a, m, d: _wait_for(a._thing(m)),
    "enter": lambda a, m, d: a._thing(m).__enter__(),
    "leave": Answers._leave,
    "signature": Answers._signature,
    "source": lambda a, m, d: inspect.getsource(a._thing(m)),
    "figure": Answers._figure,
}
