"""Puts the house on HTTP: routers under /api/v1, problems, the client, start and stop."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pkgutil import iter_modules

from fastapi import APIRouter, FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.routing import APIRoute
from starlette.responses import HTMLResponse

from api import routes
from api.problems import add_problem_handlers
from api.static import add_client
from services.bootstrap import House, build_house
from services.kernel.settings import Settings

PREFIX = "/api/v1"
# Mounted first, for each request is held against one route after another until one fits: what
# phones ask in hundreds did not come before fifty others had been tried.
BUSY = frozenset({"uploads", "sync"})


def create_app(settings: Settings | None = None, house: House | None = None) -> FastAPI:
    """The application; `house` is given by tests, else it is built from the settings."""
    home = house or build_house(settings or Settings())
    app = FastAPI(
        title="Suixing 随行",
        version=home.version,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        generate_unique_id_function=_operation_id,
    )
    app.state.house = home
    add_problem_handlers(app)
    for router in _routers():
        app.include_router(router, prefix=PREFIX)
    app.get("/api/docs", include_in_schema=False)(_read_docs)
    add_client(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.house.hub.start()
    yield
    app.state.house.close()


def _routers() -> list[APIRouter]:
    """Every module in routes/ is mounted; there is no second list to forget."""
    found = (module.name for module in iter_modules(routes.__path__))
    names = sorted(found, key=lambda name: (name not in BUSY, name))
    return [import_module(f"{routes.__name__}.{name}").router for name in names]


def _operation_id(route: APIRoute) -> str:
    return route.name


def _read_docs() -> HTMLResponse:
    return get_swagger_ui_html(openapi_url=f"{PREFIX}/openapi.json", title="Suixing 随行")
