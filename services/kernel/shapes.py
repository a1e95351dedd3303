"""Bases and small types of what routes take and give, where it is no table."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from services.kernel.entity import NAME_LIMIT, Clean

NameText = Annotated[
    Clean, StringConstraints(min_length=1, max_length=NAME_LIMIT, strip_whitespace=True)
]
EmailText = Annotated[
    Clean, StringConstraints(min_length=3, max_length=NAME_LIMIT, strip_whitespace=True)
]
# NIST SP 800-63B: at least eight characters, no rules about which; the upper bound stops abuse.
NewPassword = Annotated[str, StringConstraints(min_length=8, max_length=1000)]
Password = Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class Answer(BaseModel):
    """Base of everything given: absent values are told as null, so that clients need not ask."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


class Body(BaseModel):
    """Base of everything taken: what is not known is refused rather than ignored."""

    model_config = ConfigDict(extra="forbid")
