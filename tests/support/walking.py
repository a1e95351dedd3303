"""Walks every route of the OpenAPI: fills its path, makes a body its schema accepts, calls it."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from httpx import Response

from tests.support.house import Caller

METHODS = ("get", "head", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Route:
    """One operation of the API."""

    method: str
    path: str
    operation: dict[str, Any] = field(compare=False)

    @property
    def name(self) -> str:
        return f"{self.method} {self.path.removeprefix('/api/v1')}"

    @property
    def parameters(self) -> set[str]:
        return {p["name"] for p in self.operation.get("parameters", []) if p["in"] == "path"}


def routes_of(openapi: dict[str, Any]) -> Iterator[Route]:
    """Every operation that the document tells of."""
    for path, methods in openapi["paths"].items():
        for method in METHODS:
            if method in methods:
                yield Route(method.upper(), path, methods[method])


class Walker:
    """Calls routes with real ids of one trip, so that nothing but rights can refuse."""

    def __init__(self, openapi: dict[str, Any], ids: dict[str, str], bodies: dict[str, Any]):
        self.openapi = openapi
        self.ids = ids
        self.bodies = bodies

    def call(self, route: Route, client: Any, caller: Caller | None) -> Response:
        """One request; as nobody when there is no caller."""
        missing = route.parameters - self.ids.keys()
        assert not missing, f"{route.name}: give this test an id for {missing}"
        headers = dict(caller.headers) if caller else {}
        if route.path.startswith("/api/v1/uploads"):
            headers |= self._tus_headers(route)
        body = self._body(route)
        more = {} if body is None else {"json": body}
        query = {"token": "none"} if route.name == "GET /setup" else self._query(route)
        url = route.path.format(**self.ids)
        answer: Response = client.request(route.method, url, headers=headers, params=query, **more)
        return answer

    def _tus_headers(self, route: Route) -> dict[str, str]:
        headers = {"Tus-Resumable": "1.0.0"}
        if route.method == "PATCH":
            headers |= {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        if route.method == "POST":
            told = {name: self.ids[name] for name in ("trip", "media", "sha256")}
            pairs = (f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in told.items())
            headers |= {"Upload-Length": "5", "Upload-Metadata": ",".join(pairs)}
        return headers

    def _query(self, route: Route) -> dict[str, Any]:
        wanted = [p for p in route.operation.get("parameters", []) if p["in"] == "query"]
        return {
            p["name"]: self.ids.get(p["name"]) or self.sample(p["schema"])
            for p in wanted
            if p.get("required")
        }

    def _body(self, route: Route) -> Any:
        if route.name in self.bodies:
            return self.bodies[route.name]
        content = route.operation.get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema")
        return None if schema is None else self.sample(schema)

    def sample(self, schema: dict[str, Any]) -> Any:
        """A small value that the schema accepts."""
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            return self.sample(self.openapi["components"]["schemas"][name])
        if "anyOf" in schema:
            return self.sample(schema["anyOf"][0])
        if "enum" in schema:
            return schema["enum"][0]
        return self._of_type(schema)

    def _of_type(self, schema: dict[str, Any]) -> Any:
        match schema.get("type"):
            case "object":
                wanted = schema.get("required", [])
                return {name: self.sample(schema["properties"][name]) for name in wanted}
            case "array":
                return []
            case "integer" | "number":
                return schema.get("minimum", 1)
            case "boolean":
                return True
            case _:
                return "a" * max(schema.get("minLength", 1), 8)
