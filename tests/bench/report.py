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
    bounds: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, task: str, figures: dict[str, Any]) -> None:
        self.figures[task] = figures
        told = ", ".join(f"{name} {value}" for name, value in figures.items())
        sys.stdout.write(f"\n{task}: {told}")
        sys.stdout.flush()

    def bound(self, what: str, value: float, most: float) -> None:
        """Hold a figure against the most it may be; `check` fails for those that are over."""
        self.bounds[what] = {"value": round(value, 3), "most": most, "kept": value <= most}
        word = "kept" if value <= most else "BROKEN"
        sys.stdout.write(f"\nbound {word}: {what} {value:.3f}, at most {most}")
        sys.stdout.flush()

    def check(self) -> None:
        """Fail when a bound is broken, after everything was measured and written."""
        broken = [what for what, told in self.bounds.items() if not told["kept"]]
        assert not broken, f"over the bound: {', '.join(broken)}"

    def write(self) -> None:
        RESULTS.mkdir(exist_ok=True)
        machine = {
            "cores": os.cpu_count(),
            "worker": os.environ.get("BENCH_WORKER", "1") != "0",
            "load": os.getloadavg()[0],
            "system": platform.platform(),
            "python": platform.python_version(),
        }
        whole = {"machine": machine, "sizes": self.sizes}
        whole |= {"figures": self.figures, "bounds": self.bounds}
        path = RESULTS / f"bench-{self.name}.json"
        path.write_text(json.dumps(whole, indent=1, ensure_ascii=False))
