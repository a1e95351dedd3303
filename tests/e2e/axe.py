"""What axe-core finds wrong for those who do not see the screen or use no mouse."""

from playwright.sync_api import Page

from tests.support.server import ROOT

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
_RUN = "() => axe.run(document, { resultTypes: ['violations'] })"


def violations(page: Page) -> list[str]:
    """One line for each element that breaks a rule: the rule, and which element."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(_RUN)["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]
