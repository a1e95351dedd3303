"""Settings of one command: the environment, with the data folder of `--data` before it."""

from pathlib import Path

from services.kernel.log import configure_log
from services.kernel.settings import Settings


def settings_for(data: Path | None) -> Settings:
    """Read the settings and set up the log of this process."""
    settings = Settings() if data is None else Settings(data=data)
    configure_log(settings.log_level)
    return settings
