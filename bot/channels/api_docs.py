"""The API described: its OpenAPI document, and a page made from it that needs nothing from elsewhere."""

from collections.abc import Awaitable, Callable, Iterator
from http import HTTPStatus
from typing import Any, NamedTuple

from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse, Response

from bot.channels.problems import MEDIA_TYPE, Problem
from bot.rendering import templates

_ANYWHERE = (400, 405, 408, 413, 429, 500, 503)
_WITH_KEYS = (401,)
_REF = "#/components/schemas/"


def completed(api: FastAPI, *, with_keys: bool) -> Callable[[], dict[str, Any]]:
    """FastAPI's document with what any operation may answer, the problem's shape, and the keys if any."""
    made = api.openapi

    def document() -> dict[str, Any]:
        if api.openapi_schema is None:
            _complete(made(), with_keys)
        assert api.openapi_schema is not None
        return api.openapi_schema

    return document


def _complete(document: dict[str, Any], with_keys: bool) -> None:
    components = document.setdefault("components", {})
    shape = Problem.model_json_schema(ref_template=_REF + "{model}")
    components["schemas"] |= shape.pop("$defs") | {"Problem": shape}
    content = {MEDIA_TYPE: {"schema": {"$ref": f"{_REF}Problem"}}}
    for _, _, operation in _operations(document):
        for status in (*_ANYWHERE, *(_WITH_KEYS if with_keys else ())):
            described = {"description": HTTPStatus(status).phrase, "content": content}
            operation["responses"].setdefault(str(status), described)
    if with_keys:
        components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{"key": []}]


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


class DocumentedField(NamedTuple):
    """A parameter, or a field of a body or reply."""

    name: str
    kind: str
    required: bool
    help: str


class Operation(NamedTuple):
    """An operation as the page shows it."""

    method: str
    path: str
    help: str
    parameters: list[DocumentedField]
    body: list[DocumentedField]
    reply: str
    statuses: list[tuple[str, str]]


class DocumentedShape(NamedTuple):
    """A shape as the page shows it."""

    name: str
    help: str
    fields: list[DocumentedField]


def reference(api: FastAPI) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that shows the whole document as one page."""
    template = templates().get_template("api.html")

    async def page(request: Request) -> Response:
        document = api.openapi()
        shapes = [shape(name, found) for name, found in sorted(document["components"]["schemas"].items())]
        operations = [operation(*found) for found in _operations(document)]
        html = template.render(
            info=document["info"],
            operations=operations,
            shapes=shapes,
            home=f"{request.url.scheme}://{request.url.netloc}",
            base=request.scope.get("root_path", ""),
            with_keys="security" in document,
        )
        return HTMLResponse(html)

    return page


def operation(path: str, method: str, found: dict[str, Any]) -> Operation:
    """An operation of the document, ready to be shown."""
    parameters = [
        DocumentedField(p["name"], kind(p["schema"]), p.get("required", False), p.get("description", ""))
        for p in found.get("parameters", ())
    ]
    body = found.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    reply = found["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {})
    statuses = [(status, r["description"]) for status, r in sorted(found["responses"].items())]
    return Operation(
        method.upper(), path, found.get("description", ""), parameters, _fields(body), kind(reply), statuses
    )


def shape(name: str, found: dict[str, Any]) -> DocumentedShape:
    """A shape of the document, ready to be shown."""
    return DocumentedShape(name, found.get("description", ""), _fields(found))


def _fields(schema: dict[str, Any]) -> list[DocumentedField]:
    required = schema.get("required", ())
    return [
        DocumentedField(name, kind(field), name in required, field.get("description", ""))
        for name, field in schema.get("properties", {}).items()
    ]


def kind(schema: dict[str, Any]) -> str:
    """The type of a schema in a few characters: `string`, `array of Figure`, `integer or null`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(map(kind, schema["anyOf"])))
    if "const" in schema or "enum" in schema:
        return " | ".join(map(repr, schema.get("enum", [schema.get("const")])))
    if schema.get("type") == "array":
        return f"array of {kind(schema.get('items', {}))}"
    return str(schema.get("type", ""))
