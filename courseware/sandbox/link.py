"""The talk between the process of the tests and that of the student, from the side of the tests.

In: questions of `proxies`, and a function that carries a message there and the answer back. Out: values and
stand-ins. All that comes back is hostile: it is decoded as plain data, counted, and checked for its form;
what does not fit ends the test with `Refused`. While the student's code calls a function that the test
passed in, the messages go the other way round, as often as is allowed.
"""

from __future__ import annotations

import builtins
import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

from courseware.sandbox import codec, codec_plain, library, proxies

Message = dict[str, Any]
Ask = Callable[[Message, list[bytes]], tuple[Message, list[bytes]]]

MAX_ASKED = 200_000
MAX_CALLED_BACK = 50_000
MAX_NESTED = 40
MAX_STANDING_IN = 100_000
PATCHABLE = ("input", "print")
_ORIGINAL = {name: getattr(builtins, name) for name in PATCHABLE}


class Link:
    """One conversation; `asks` are the attributes and operators of student objects that may be asked for
    (None: all), `used` those that were.
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._standing: dict[int, proxies.Remote] = {}
        self._errors: dict[int, type[proxies.StudentError]] = {}
        self._given: dict[int, Any] = {}
        self._given_numbers: dict[int, int] = {}
        self._nested = 0
        self._called_back = 0
        self._over = ""
        self.asked = 0
        self.decided_there = 0
        self.asks: frozenset[str] | None = None
        self.used: set[str] = set()
        self.expected: frozenset[str] = frozenset()
        self.files: tuple[str, ...] = ()
        self.stdout: Any = sys.stdout
        self.bound: Callable[[], tuple[dict[str, Any], list[str]]] = lambda: ({}, [])
        self.changed: Callable[[dict[str, Any]], None] = lambda names: None
        self.wrote: Callable[[str, bytes], None] = lambda name, data: None

    def settle(self) -> None:
        """Have names bound there that the test bound last."""
        bound, deleted = self.bound()
        if bound or deleted:
            waiting = [(bound, deleted)]
            kept, self.bound = self.bound, lambda: waiting.pop() if waiting else ({}, [])
            try:
                self.request("bind")
            finally:
                self.bound = kept

    def start(self) -> None:
        """Count anew for the next test."""
        self.asked = self.decided_there = self._called_back = 0
        self.used = set()
        self._over = ""
        self.stdout = sys.stdout

    def value(self, value: Any) -> _Value:
        """A value that has to be encoded with a question."""
        return _Value(value)

    def request(self, op: str, *, tainted: bool = False, **fields: Any) -> Any:
        """Ask and give back the value; what the student's code raised is raised here."""
        with _refusing():
            answer, decoder = self._send(op, fields, tainted)
            if answer.get("end") is not True or op != "next":
                return self._result(answer, decoder)
            last = decoder.value(answer.get("value"))
        raise StopIteration(last)

    def names(self, names: tuple[str, ...]) -> dict[str, Any]:
        """The values of those of these names that the student's namespace has."""
        with _refusing():
            answer, decoder = self._send("names", {"names": list(names)}, False)
            if "error" in answer:
                raise self._error(answer["error"], decoder)
            values = answer.get("values")
            if type(values) is not dict:
                raise codec_plain.BadFrame("The names came in no form that is known.")
            return {name: decoder.value(values[name]) for name in names if name in values}

    def call(self, proxy: proxies.Remote, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a thing; containers that it changed are changed here, too."""
        fields = {"number": proxies.number_of(proxy), "args": _Values(args), "kwargs": _Named(kwargs)}
        with _refusing():
            answer, decoder = self._send("call", fields, False)
            result = self._result(answer, decoder)
            altered = answer.get("altered", [])
            if type(altered) is not list or any(type(row) is not list or len(row) != 2 for row in altered):
                raise codec_plain.BadFrame("Changed arguments came in no form that is known.")
            for place, tree in altered:
                known = kwargs if type(place) is str else dict(enumerate(args))
                if type(place) in (int, str) and place in known:
                    alter(known[place], decoder.value(tree))
            return result

    def _send(self, op: str, fields: Message, tainted: bool) -> tuple[Message, codec_plain.Decoder]:
        """One question with all that goes with it, and its answer."""
        self.asked += 1
        if self.asked > MAX_ASKED:
            self._over = f"The test asked the student's process more than {MAX_ASKED} times."
        if self._over:
            raise proxies.Refused(self._over)
        encoder = codec.encoder(self._describe)
        message: Message = {"op": op}
        bound, deleted = self.bound()
        if bound or deleted:
            message["set"] = {name: encoder.tree(value) for name, value in bound.items()}
            message["del"] = deleted
        if self.files:
            # Not their names: a text of the test that could be one may be what is expected.
            message["files"] = True
        patched = {name: getattr(builtins, name) for name in PATCHABLE}
        message["patched"] = {
            name: self._give(now) for name, now in patched.items() if now is not _ORIGINAL[name]
        }
        for name, field in fields.items():
            message[name] = field.tree(encoder) if isinstance(field, _Value | _Values | _Named) else field
        answer, buffers = self._exchange(message, encoder.buffers)
        if self._over:
            raise proxies.Refused(self._over)
        decoder = codec.decoder(buffers, lambda described: self._bring(described, tainted))
        self._take_along(answer, decoder)
        return answer, decoder

    def _exchange(self, message: Message, buffers: list[bytes]) -> tuple[Message, list[bytes]]:
        """Send a question; answer calls of the test's functions until the answer comes."""
        if self._nested >= MAX_NESTED:
            raise proxies.Refused("Test and student's code call each other too deeply.")
        self._nested += 1
        try:
            answer, parts = self._ask(message, buffers)
            while type(answer) is dict and answer.get("op") == "reverse":
                answer, parts = self._ask(*self._reverse(answer, parts))
        finally:
            self._nested -= 1
        if type(answer) is not dict or answer.get("op") != "answer":
            raise proxies.Refused("The student's process gave an answer of no known form.")
        return answer, parts

    def _take_along(self, answer: Message, decoder: codec_plain.Decoder) -> None:
        """What came with the answer: prints, names that changed, files."""
        printed, changed, files = (answer.get(name) for name in ("printed", "changed", "files"))
        if type(printed) is str and printed and sys.stdout is not self.stdout:
            # Only a test that captures sees them: what is printed in a test could tell its inputs.
            sys.stdout.write(printed)
        if type(files) is dict:
            for name, blob in files.items():
                self.wrote(name, decoder.blob(blob))
        if type(changed) is dict and changed:
            gone = {name for name, tree in changed.items() if tree == ["gone"]}
            told = {name: decoder.value(tree) for name, tree in changed.items() if name not in gone}
            self.changed({**told, **dict.fromkeys(gone, GONE)})

    def _result(self, answer: Message, decoder: codec_plain.Decoder) -> Any:
        if "error" in answer:
            raise self._error(answer["error"], decoder)
        return decoder.value(answer.get("value"))

    def _error(self, told: Any, decoder: codec_plain.Decoder) -> BaseException:
        """The exception to raise here for one that was raised there."""
        if type(told) is not dict or type(told.get("text")) is not str:
            return proxies.Refused("An error came in no form that is known.")
        name = codec_plain.text(told.get("name", "Exception"), most=200)
        kind = self._error_class({"kind": "exception", "name": name, "bases": [told.get("class")]}, 0)
        owned = told.get("class")
        if type(owned) is dict and owned.get("kind") == "exception":
            kind = self._error_class(owned, 0)
        args = decoder.value(told.get("args"))
        error = _unset(kind, told["text"])
        error.args = args if type(args) is tuple else (told["text"],)
        error.courseware_text, error.courseware_link = told["text"], self
        number = told.get("number")
        error.courseware_number = number if type(number) is int else 0
        return error

    def _error_class(self, told: Any, depth: int) -> type[proxies.StudentError]:
        """The class that stands here for a described class of exceptions."""
        if type(told) is not dict or depth > 8 or type(told.get("bases")) is not list:
            raise proxies.Refused("An error came in no form that is known.")
        number = told.get("number")
        if type(number) is int and number in self._errors:
            return self._errors[number]
        name = codec_plain.text(told.get("name"), most=200)
        bases: list[type] = []
        for base in told["bases"][:8]:
            if type(base) is dict and base.get("kind") == "exception":
                bases.append(self._error_class(base, depth + 1))
            elif type(base) is dict and "full" in base:
                found = library.exception(base["full"], also=self.expected)
                bases.extend([] if found is None or found is Exception else [found])
        if not any(issubclass(base, proxies.StudentError) for base in bases):
            bases.insert(0, proxies.StudentError)
        made = proxies.error_class(name, tuple(bases), link=self, number=number or 0)
        if type(number) is int and len(self._errors) < MAX_STANDING_IN:
            self._errors[number] = made
        return made

    def _describe(self, value: Any) -> dict[str, Any]:
        """How a value that is no data goes there: theirs, a library's, or a function to call."""
        if isinstance(value, proxies.Remote):
            return {"number": proxies.number_of(value)}
        if (
            isinstance(value, type)
            and issubclass(value, proxies.StudentError)
            and vars(value).get("courseware_class")
        ):
            return {"number": vars(value)["courseware_class"]}
        if isinstance(value, proxies.StudentError) and value.courseware_number:
            return {"number": value.courseware_number}
        known = library.name_of(value)
        if known is not None:
            return known
        if callable(value):
            return {"call": self._give(value), "name": str(getattr(value, "__name__", "function"))}
        kind = type(value).__name__
        raise proxies.Refused(f"A test can pass data and functions to the student's code, and no {kind!r}.")

    def _give(self, function: Any) -> int:
        """The number under which the student's code may call a function of the test."""
        number = self._given_numbers.get(id(function))
        if number is None:
            number = len(self._given) + 1
            self._given[number], self._given_numbers[id(function)] = function, number
        return number

    def _bring(self, told: dict[str, Any], tainted: bool) -> Any:
        """What stands here for a described thing."""
        if "library" in told:
            return library.module(told["library"])
        if "builtin" in told:
            found = library.builtin(told["builtin"])
            # A test that waits for an exception of the student's must not catch its own failure with it.
            return (
                proxies.StudentError if issubclass(AssertionError, found) and found is not object else found
            )
        if "yours" in told:
            return self._given[codec_plain.whole(told["yours"])]
        if told.get("kind") == "exception":
            return self._error_class(told, 0)
        number, kind = codec_plain.whole(told.get("number")), told.get("kind")
        if kind not in proxies.KINDS:
            raise codec_plain.BadFrame("A thing of no known kind was sent.")
        known = self._standing.get(number)
        if known is not None and not tainted:
            return known
        if len(self._standing) >= MAX_STANDING_IN:
            raise proxies.Refused("The student's code gave too many objects to the test.")
        name = codec_plain.text(told.get("type"), most=200)
        made = proxies.KINDS[kind](self, number, kind=kind, type_name=name, tainted=tainted)
        self._standing[number] = made
        return made

    def _reverse(self, message: Message, buffers: list[bytes]) -> tuple[Message, list[bytes]]:
        """Call a function of the test for the student's code."""
        self._called_back += 1
        encoder = codec.encoder(self._describe)
        try:
            if self._called_back > MAX_CALLED_BACK:
                self._over = f"The student's code called the test back more than {MAX_CALLED_BACK} times."
                raise proxies.Refused(self._over)
            decoder = codec.decoder(buffers, lambda described: self._bring(described, False))
            function = self._given[codec_plain.whole(message.get("call"))]
            args, kwargs = decoder.each(message.get("args"), 0), message.get("kwargs")
            if type(kwargs) is not dict:
                raise codec_plain.BadFrame("Named arguments were expected.")
            result = function(*args, **{name: decoder.value(tree) for name, tree in kwargs.items()})
            return {"op": "returned", "value": encoder.tree(result)}, encoder.buffers
        except BaseException as error:
            # The student's code sees what a call in its own process would have raised.
            names = [kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins"]
            told = {"name": names[0] if names else "RuntimeError", "text": str(error)[:2000]}
            return {"op": "returned", "error": told}, []


@contextlib.contextmanager
def _refusing() -> Iterator[None]:
    """Tell what cannot be read or sent as a refusal: a test may expect a ValueError of the student's."""
    try:
        yield
    except (codec_plain.BadFrame, codec_plain.TooMuch) as error:
        raise proxies.Refused(str(error)) from None


def _unset(kind: type[proxies.StudentError], text: str) -> proxies.StudentError:
    """An exception of a class whose `__init__` may want what did not travel."""
    try:
        return kind.__new__(kind, text)
    except TypeError:
        # Some types of the language (MemoryError) have a way to be made that they keep to themselves.
        return Exception.__new__(kind, text)


GONE = object()
"""Stands for a name that the student's namespace has no more."""


class _Value:
    def __init__(self, value: Any) -> None:
        self._value = value

    def tree(self, encoder: codec_plain.Encoder) -> codec_plain.Tree:
        return encoder.tree(self._value)


class _Values(_Value):
    def tree(self, encoder: codec_plain.Encoder) -> codec_plain.Tree:
        return encoder.each(self._value, 0)


class _Named(_Value):
    def tree(self, encoder: codec_plain.Encoder) -> codec_plain.Tree:
        return {name: encoder.tree(value) for name, value in self._value.items()}


def alter(old: Any, new: Any) -> None:
    """Make a container what the student's code made of its copy; only within the same exact type."""
    kind = type(old)
    if kind is not type(new):
        return
    if kind in (list, bytearray):
        old[:] = new
    elif hasattr(old, "update") and kind.__module__ in ("builtins", "collections"):
        old.clear()
        old.update(new)
    elif kind.__module__ == "collections":
        old.clear()
        old.extend(new)
    elif kind.__module__ == "numpy":
        if old.shape == new.shape and old.dtype == new.dtype and old.flags.writeable:
            old[...] = new
    elif kind.__module__.startswith("pandas"):
        # What `inplace=True` does in pandas itself.
        old._update_inplace(new)
