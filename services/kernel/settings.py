"""Every setting of the server, read from SUIXING_* variables; docs/settings.md lists them all."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Built once by the command or the test and handed down; nothing else reads the environment."""

    model_config = SettingsConfigDict(env_prefix="SUIXING_", extra="ignore")

    data: Path = Field(default=Path("var"), description="The folder of everything.")
    database_url: str = Field(
        default="", description="SQLite in the data folder when empty, or postgresql+psycopg://…"
    )
    storage_url: str = Field(
        default="", description="file:///folder (the data folder when empty) or s3://bucket/prefix"
    )
    storage_endpoint: str = Field(default="", description="Endpoint of an S3 store that is not AWS")
    storage_region: str = Field(
        default="", description="Region of the S3 store; AWS_REGION or us-east-1 when empty"
    )
    storage_key_id: str = Field(
        default="", description="Access key of the S3 store; AWS_* variables or the role when empty"
    )
    storage_secret: SecretStr = Field(
        default=SecretStr(""), description="Secret that belongs to the access key"
    )
    jobs: Literal["", "local", "procrastinate"] = Field(
        default="", description="Job engine; by default local on SQLite, procrastinate otherwise"
    )
    public_url: str = Field(
        default="http://localhost:8000", description="The address people open; used in links"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="How much is logged to stderr"
    )
    whisper_engine: Literal["faster-whisper", "remote"] = Field(
        default="faster-whisper", description="Which speech engine transcribes"
    )
    whisper_model: str = Field(
        default="small", description="Name of a model in the data folder, or an absolute folder"
    )
    whisper_url: str = Field(
        default="", description="Address of the remote engine, up to and with /v1"
    )
    whisper_key: SecretStr = Field(
        default=SecretStr(""), description="Key of the remote engine, if it asks for one"
    )
    whisper_threads: int = Field(
        default=0, ge=0, description="Processor threads for speech; 0 = all but one"
    )
    whisper_beam: int = Field(default=5, ge=1, le=20, description="Beam size of the decoder")
    whisper_temperature: float | None = Field(
        default=None,
        description="One fixed temperature; unset = 0, then higher where a window looks wrong",
    )
    whisper_min_silence_ms: int = Field(
        default=500, ge=100, le=5000, description="The shortest pause that parts two segments"
    )
    whisper_speech_pad_ms: int = Field(
        default=200, ge=0, le=1000, description="How much is kept on either side of speech"
    )
    nli_model: str = Field(
        default="", description="Folder of a local ONNX NLI model as adjudicator; empty = none"
    )
    llm_url: str = Field(
        default="", description="OpenAI-compatible address with /v1 as adjudicator; empty = none"
    )
    llm_key: SecretStr = Field(
        default=SecretStr(""), description="Key of that server, if it asks for one"
    )
    llm_model: str = Field(default="", description="Name of the model on that server")
    llm_timeout_s: float = Field(
        default=20, gt=0, le=600, description="Seconds that one whole answer of it may take"
    )
    upload_max_bytes: int = Field(
        default=8 * 1024**3, gt=0, description="The largest recording or photo that is taken"
    )
    upload_keep_days: int = Field(
        default=14, gt=0, description="How long an unfinished upload waits for its next bytes"
    )
    user_quota_bytes: int = Field(
        default=0, ge=0, description="What one user may keep here in bytes; 0 = no limit"
    )

    @property
    def resolved_database_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data.resolve() / 'suixing.db'}"

    @property
    def resolved_storage_url(self) -> str:
        return self.storage_url or (self.data.resolve() / "blobs").as_uri()

    @property
    def resolved_jobs(self) -> Literal["local", "procrastinate"]:
        if self.jobs:
            return self.jobs
        return "local" if self.resolved_database_url.startswith("sqlite") else "procrastinate"
