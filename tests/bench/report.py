"""What a bench measured: said at once, and kept as JSON beside the machine it was measured on."""

import json
import os
import platform
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parents[2] / "test-results"


@dataclass
class Report:
    """Figures by task, in the order in which they were measured."""

    name: str
    sizes: dict[str, int]
    figures: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, task: str, figures: dict[str, Any]) -> None:
        self.figures[task] = figures
        told = ", ".join(f"{name} {value}" for name, value in figures.items())
        sys.stdout.write(f"\n{task}: {told}")
        sys.stdout.flush()

    def write(self) -> None:
        RESULTS.mkdir(exist_ok=True)
        machine = {
            "cores": os.cpu_count(),
            "load": os.getloadavg()[0],
            "system": platform.platform(),
            "python": platform.python_version(),
        }
        whole = {"machine": machine, "sizes": self.sizes, "figures": self.figures}
        path = RESULTS / f"bench-{self.name}.json"
        path.write_text(json.dumps(whole, indent=1, ensure_ascii=False))
