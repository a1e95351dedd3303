"""Writes what the client knows of the server: `entities.ts` from tables, `openapi.json` from API.

Run by `make generate`; the output is committed and a test fails when it is stale. The step from
`openapi.json` to `api.d.ts` is the client's (`npm run generate`).
"""

import json
import tempfile
from pathlib import Path

from api.app import create_app
from api.entity_types import write_entities
from services.kernel.settings import Settings

TARGET = Path(__file__).parent.parent / "frontend" / "src" / "generated"


def write_openapi() -> str:
    """The OpenAPI document of a fresh application, in a stable order."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(data=Path(folder)))
        document = app.openapi()
        # Of the API, not of the release or of how it was installed: the file is compared as text.
        document["info"]["version"] = "v1"
        return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def generate(target: Path = TARGET) -> list[Path]:
    """Write both files and say which."""
    target.mkdir(parents=True, exist_ok=True)
    texts = {"entities.ts": write_entities(), "openapi.json": write_openapi()}
    for name, text in texts.items():
        (target / name).write_text(text, encoding="utf-8")
    return [target / name for name in texts]


if __name__ == "__main__":
    generate()
