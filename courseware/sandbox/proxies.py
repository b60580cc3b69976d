"""Things of the student's process, as the tests see them.

In: a description that came from there. Out: a stand-in that asks for a fixed list of operations. What the
list does not have is refused here, without asking: above all the ways by which a library takes an object
for an array, a buffer, a path, an index or a pickle. A stand-in is never equal to data, and never larger or
smaller; between two of them the student's process decides, which is counted. What was computed from a thing
and from the test's own data stays a stand-in and is never turned into a number or a truth value itself: that
would be an answer by somebody who has just seen the question. For the same reason no attribute is asked for,
and nothing computed with data, but what the same test does with the objects of the key.
"""

from __future__ import annotations

import builtins
import inspect
from collections.abc import Callable, Generator, Iterator
from typing import Any, NoReturn

ATTRIBUTES = frozenset(
    {
        "__name__",
        "__qualname__",
        "__doc__",
        "__module__",
        "__wrapped__",
        "__annotations__",
        "__defaults__",
        "__dict__",
    }
)
"""The names with double underscores that are asked for."""


class Refused(RuntimeError):
    """The test wants of a student's object what is not on the list; stays in the process of the tests."""


class RefusedName(Refused, AttributeError):
    """The same for an attribute, so that libraries see that it is not there."""


class StudentError(Exception):
    """An exception of the student's code; also a subclass of the builtin that it is."""

    courseware_text = ""
    courseware_link: Any = None
    courseware_number = 0

    def __str__(self) -> str:
        return self.courseware_text or super().__str__()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or self.courseware_link is None or not self.courseware_number:
            raise AttributeError(name)
        return self.courseware_link.request("getattr", number=self.courseware_number, name=name)


class Remote:
    """Stands for one thing; `link` asks its process. See the module."""

    __slots__ = ("_kind", "_link", "_number", "_tainted", "_type")

    __array_ufunc__ = None

    def __init__(self, link: Any, number: int, *, kind: str, type_name: str, tainted: bool = False) -> None:
        for name, value in (("_link", link), ("_number", number), ("_kind", kind), ("_type", type_name)):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "_tainted", tainted)

    def __getattribute__(self, name: str) -> Any:
        if name == "__signature__":
            return _signature(self)
        if name in ATTRIBUTES:
            return ask(self, "getattr", name=name)
        if name.startswith("__") or name in Remote.__slots__:
            raise RefusedName(f"{name} of a student's object is not there for tests.")
        _use(self, name)
        return ask(self, "getattr", name=name)

    def __setattr__(self, name: str, value: Any) -> None:
        _use(self, name)
        ask(self, "setattr", name=_public(name), value=told(self, value))

    def __delattr__(self, name: str) -> None:
        _use(self, name)
        ask(self, "delattr", name=_public(name))

    def __getitem__(self, key: Any) -> Any:
        return ask(self, "getitem", key=told(self, key))

    def __setitem__(self, key: Any, value: Any) -> None:
        ask(self, "setitem", key=told(self, key), value=told(self, value))

    def __delitem__(self, key: Any) -> None:
        ask(self, "delitem", key=told(self, key))

    def __len__(self) -> int:
        size = _unary(self, "len", int)
        if not 0 <= size < 1 << 31:
            raise Refused("The length of a student's object is not a length.")
        return int(size)

    def __iter__(self) -> Iterator[Any]:
        found = ask(self, "iter")
        if not isinstance(found, RemoteIterator):
            raise Refused("A student's object gives no iterator.")
        return found

    def __contains__(self, item: Any) -> bool:
        # Membership is found out here: asked for it, an object could always say yes.
        return any(each is item or each == item for each in self)

    def __eq__(self, other: object) -> Any:
        return _between(self, other, "eq")

    def __ne__(self, other: object) -> Any:
        return _between(self, other, "ne")

    def __hash__(self) -> int:
        return hash(("a student's object", _of(self, "_number")))

    def __bool__(self) -> bool:
        return bool(_unary(self, "bool", bool))

    def __str__(self) -> str:
        return str(_unary(self, "str", str))

    def __repr__(self) -> str:
        return str(_unary(self, "repr", str))

    def __format__(self, form: str) -> str:
        return str(exact(ask(self, "format", name=form), str))

    def __int__(self) -> int:
        return int(_unary(self, "int", int))

    def __float__(self) -> float:
        return float(_unary(self, "float", float))

    def __complex__(self) -> complex:
        return complex(_unary(self, "complex", complex))

    def __round__(self, digits: int | None = None) -> Any:
        return _unary(self, "round", None)

    def __enter__(self) -> Any:
        return ask(self, "enter")

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        # Nothing is returned: a student's object swallows no failed assertion.
        ask(self, "leave", name=getattr(kind, "__name__", None))

    def __await__(self) -> Generator[Any, Any, Any]:
        # The student's process waits; here there is nothing to wait for.
        yield from ()
        return ask(self, "await")

    def __instancecheck__(self, other: Any) -> bool:
        return _of_class(self, other, "isinstance")

    def __subclasscheck__(self, other: Any) -> bool:
        return _of_class(self, other, "issubclass")

    def __mro_entries__(self, bases: Any) -> NoReturn:
        raise Refused("A test cannot derive from a student's class when it runs apart from it.")

    def __reduce__(self) -> NoReturn:
        raise Refused("A student's object cannot be copied or pickled.")

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise Refused("A student's object cannot be copied or pickled.")

    def __copy__(self) -> NoReturn:
        raise Refused("A student's object cannot be copied or pickled.")

    def __deepcopy__(self, memo: Any) -> NoReturn:
        raise Refused("A student's object cannot be copied or pickled.")

    def __dir__(self) -> NoReturn:
        raise Refused("What a student's object has is not listed.")


class RemoteCallable(Remote):
    """A function, a class, or an object that can be called."""

    __slots__ = ()

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it there; what it prints, changes and raises arrives here."""
        return _of(self, "_link").call(self, args, kwargs)


class RemoteIterator(Remote):
    """An iterator or a generator; it ends where its own process says that it is exhausted."""

    __slots__ = ()

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        return ask(self, "next")

    def send(self, value: Any) -> Any:
        """Send a value into a generator."""
        return ask(self, "next", value=told(self, value))

    def close(self) -> None:
        """End a generator."""
        ask(self, "close")

    def __getattribute__(self, name: str) -> Any:
        if name in ("send", "close"):
            return object.__getattribute__(self, name)
        return super().__getattribute__(name)


def _of(proxy: Remote, name: str) -> Any:
    """What the stand-in itself holds."""
    return object.__getattribute__(proxy, name)


def number_of(proxy: Remote) -> int:
    """The number under which its process knows the thing."""
    return int(_of(proxy, "_number"))


def kind_of(value: Any) -> str:
    """What kind of thing a stand-in stands for; empty for anything else."""
    return str(_of(value, "_kind")) if isinstance(value, Remote) else ""


def ask(proxy: Remote, op: str, **fields: Any) -> Any:
    """One question about the thing."""
    return _of(proxy, "_link").request(op, number=number_of(proxy), tainted=_of(proxy, "_tainted"), **fields)


def told(proxy: Remote, value: Any) -> Any:
    """Mark a value that has to be encoded with the question."""
    return _of(proxy, "_link").value(value)


def exact(value: Any, kind: type) -> Any:
    """The value, if it is of exactly this type."""
    if type(value) is not kind:
        raise Refused(f"A student's object answers with no {kind.__name__}.")
    return value


def _public(name: str) -> str:
    if name.startswith("__"):
        raise RefusedName(f"{name} of a student's object is not there for tests.")
    return name


def _use(proxy: Remote, name: str) -> None:
    """Note that an attribute or an operator of an object is used.

    Raises:
        RefusedName: the test does not use it on the objects of the key. What the key has there is plain data,
            and an object in its place could say that it fits.
    """
    link = _of(proxy, "_link")
    link.used.add(name)
    if link.asks is not None and name not in link.asks:
        kind = _of(proxy, "_type")
        raise RefusedName(f"Plain data was expected, and there is an object of type {kind!r}.")


def _unary(proxy: Remote, name: str, kind: type | None) -> Any:
    if _of(proxy, "_tainted"):
        raise Refused("What was computed with a student's object and the test's data is no plain value.")
    found = ask(proxy, "unary", name=name)
    return found if kind is None else exact(found, kind)


def _between(proxy: Remote, other: Any, name: str) -> Any:
    """A comparison: of two things it is asked, of a thing and data it is decided here."""
    if isinstance(other, Remote):
        link = _of(proxy, "_link")
        link.decided_there += 1
        return ask(proxy, "binary", name=name, other=told(proxy, other), right=False)
    if name in ("eq", "ne"):
        return NotImplemented
    raise Refused("A student's object cannot be compared with plain data: plain data was expected.")


def _of_class(proxy: Remote, other: Any, name: str) -> bool:
    if not isinstance(other, Remote):
        return False
    _of(proxy, "_link").decided_there += 1
    return bool(exact(ask(proxy, "of-class", name=name, other=told(proxy, other)), bool))


def _signature(proxy: Remote) -> inspect.Signature:
    """The signature of a function, built here from its parts."""
    parts = []
    for row in exact(ask(proxy, "signature"), list):
        name, kind, has_default, default = row
        given = default if has_default is True else inspect.Parameter.empty
        parts.append(inspect.Parameter(name, inspect._ParameterKind(kind), default=given))
    return inspect.Signature(parts)


def _comparing(name: str) -> Callable[[Remote, Any], Any]:
    return lambda proxy, other: _between(proxy, other, name)


def _computing(name: str, *, right: bool) -> Callable[[Remote, Any], Any]:
    def compute(proxy: Remote, other: Any, *modulus: Any) -> Any:
        if isinstance(other, Remote):
            return ask(proxy, "binary", name=name, other=told(proxy, other), right=right)
        _use(proxy, f"__{'r' if right else ''}{name}__")
        found = _of(proxy, "_link").request(
            "binary", number=number_of(proxy), tainted=True, name=name, other=told(proxy, other), right=right
        )
        if not isinstance(found, Remote):
            raise Refused("What was computed with a student's object and the test's data is no plain value.")
        return found

    return compute


def _turning(name: str) -> Callable[[Remote], Any]:
    return lambda proxy: _unary(proxy, name, None)


for _name in ("lt", "le", "gt", "ge"):
    setattr(Remote, f"__{_name}__", _comparing(_name))
_ARITHMETIC = ("add", "sub", "mul", "truediv", "floordiv", "mod", "divmod", "pow", "matmul")
for _name in (*_ARITHMETIC, "lshift", "rshift", "and", "or", "xor"):
    _function = {"and": "and_", "or": "or_"}.get(_name, _name)
    setattr(Remote, f"__{_name}__", _computing(_function, right=False))
    setattr(Remote, f"__r{_name}__", _computing(_function, right=True))
for _name in ("neg", "pos", "invert", "abs"):
    setattr(Remote, f"__{_name}__", _turning(_name))

KINDS: dict[str, type[Remote]] = {
    "function": RemoteCallable,
    "class": RemoteCallable,
    "callable": RemoteCallable,
    "iterator": RemoteIterator,
    "generator": RemoteIterator,
    "instance": Remote,
}


def error_class(name: str, bases: tuple[type, ...], *, link: Any, number: int) -> type[StudentError]:
    """A class that stands for a class of exceptions of the student's."""
    held = {"courseware_class": number, "courseware_link": link, "__module__": "student"}
    for chosen in (bases, (StudentError,)):
        try:
            return builtins.type(name, chosen, dict(held))
        except TypeError:
            # These bases do not go together in one class here; one that says less is left.
            continue
    return StudentError
