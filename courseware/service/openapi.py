"""The description of the API (OpenAPI 3.1), made from the routes and the wire types.

In: the table of routes. Out: plain data. A route that is not described cannot exist, because both come from
one table.
"""

import dataclasses
import re
from collections.abc import Iterable
from typing import Any

import msgspec

from courseware.service import call, types

_REF = "#/components/schemas/{name}"


def describe(routes: Iterable[call.Route], *, version: str) -> dict[str, Any]:
    """The whole document."""
    known = list(routes)
    named = (kind for route in known for kind in (route.request, route.answer) if kind is not None)
    wire = {kind for kind in named if _is_struct(kind)} | {types.Problem}
    ordered = sorted(wire, key=lambda kind: kind.__name__)
    _, components = msgspec.json.schema_components(ordered, ref_template=_REF)
    paths: dict[str, dict[str, Any]] = {}
    for route in known:
        paths.setdefault(route.path.replace("{path*}", "{path}"), {})[route.method.lower()] = _operation(
            route
        )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "courseware",
            "version": version,
            "description": "Errors are problem+json. Fields are only ever added; ignore unknown ones.",
            "license": {"name": "BSD-3-Clause", "identifier": "BSD-3-Clause"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "A credential, cw_..."},
                "pages": {"type": "apiKey", "in": "cookie", "name": "courseware"},
            },
        },
        "security": [{"bearer": []}, {"pages": []}],
    }


def _is_struct(kind: type | None) -> bool:
    """Whether it is described by its fields: a struct of the wire, or a record that leaves as it is."""
    return isinstance(kind, type) and (issubclass(kind, msgspec.Struct) or dataclasses.is_dataclass(kind))


def _operation(route: call.Route) -> dict[str, Any]:
    """One operation."""
    names = re.findall(r"{(\w+)\*?}", route.path)
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
    ]
    if route.method != "GET" and not route.public:
        parameters.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": route.method == "POST",
                "schema": {"type": "string", "maxLength": 80},
                "description": "The same key and request give the same answer, and the effect once.",
            }
        )
    problem = {"application/problem+json": {"schema": {"$ref": _REF.format(name="Problem")}}}
    operation: dict[str, Any] = {
        "operationId": re.sub(
            r"\W+", "_", f"{route.method.lower()}{route.path.removeprefix('/api/v1')}"
        ).strip("_"),
        "summary": route.summary,
        "parameters": parameters,
        "responses": {
            str(route.status): {"description": route.summary, **_content(route)},
            "default": {"description": "What was wrong, in one sentence.", "content": problem},
        },
    }
    if route.action is not None:
        operation["description"] = f"Needs the right `{route.action.value}`."
    if route.request is not None or route.upload:
        operation["requestBody"] = {"required": True, "content": _request(route)}
    if route.public:
        operation["security"] = []
    return operation


def _content(route: call.Route) -> dict[str, Any]:
    """The body of the good answer."""
    if route.answer is None:
        return {}
    if _is_struct(route.answer):
        return {
            "content": {"application/json": {"schema": {"$ref": _REF.format(name=route.answer.__name__)}}}
        }
    if route.answer is bytes:
        return {"content": {"application/octet-stream": {}}}
    return {"content": {"application/json": {"schema": {"type": "object"}}}}


def _request(route: call.Route) -> dict[str, Any]:
    """The body of the request."""
    ref = {"$ref": _REF.format(name=route.request.__name__)} if route.request else {"type": "object"}
    if not route.upload:
        return {"application/json": {"schema": ref}}
    files = {"type": "array", "items": {"type": "string", "contentMediaType": "application/octet-stream"}}
    properties = {"manifest": ref, "file": files}
    schema = {"type": "object", "required": ["manifest"], "properties": properties}
    return {
        "multipart/form-data": {
            "schema": schema,
            "encoding": {"manifest": {"contentType": "application/json"}},
        }
    }
