"""Messages: what a program asks by OpenAI's chat completions, as a question and the conversation before it."""

from typing import Any, Literal

from pydantic import BaseModel, Field, field_validator, model_validator

from rag.exchange import Exchange
from rag.question import LONGEST
from ui.completion import exchange


class Part(BaseModel):
    """A part of a message: text, for nothing else is read."""

    type: str
    text: str = ""

    @model_validator(mode="after")
    def _is_text(self) -> "Part":
        if self.type not in ("text", "refusal"):
            raise ValueError(f"only text is read, not {self.type[:40]}.")
        return self


class Message(BaseModel):
    """One message of the conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: list[Part] = []

    @field_validator("content", mode="before")
    @classmethod
    def _in_parts(cls, content: Any) -> Any:
        return [{"type": "text", "text": content}] if isinstance(content, str) else content or []

    @property
    def text(self) -> str:
        return "\n".join(part.text for part in self.content)


class StreamOptions(BaseModel):
    include_usage: bool | None = None


class Messages(BaseModel):
    """The body of a request. What it does not name here (temperature, max_tokens …) changes nothing.

    Raises ValueError for what would have to change the answer and is not served.
    """

    model: str
    messages: list[Message] = Field(min_length=1)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: int | None = None
    tool_choice: Any = None
    function_call: Any = None
    response_format: Any = None
    logprobs: bool | None = None
    modalities: list[str] | None = None

    @model_validator(mode="after")
    def _is_served(self) -> "Messages":
        if self.n not in (None, 1):
            raise ValueError("n has to be 1: a question has one answer.")
        if self.tool_choice not in (None, "none", "auto") or self.function_call not in (None, "none", "auto"):
            raise ValueError("no tools are called: leave out tool_choice, or make it none.")
        if self.response_format is not None and _kind(self.response_format) != "text":
            raise ValueError("the answer is text: leave out response_format.")
        if self.logprobs:
            raise ValueError("there are no probabilities of tokens: leave out logprobs.")
        if self.modalities not in (None, ["text"]):
            raise ValueError("the answer is text: leave out modalities.")
        if self.messages[-1].role != "user":
            raise ValueError("the last message has to be the user's: it is the question.")
        return self

    @property
    def question(self) -> str:
        """The last message."""
        return self.messages[-1].text

    @property
    def history(self) -> list[Exchange]:
        """What was asked and answered before it; other roles' messages are no part of it."""
        said: list[Exchange] = []
        for message in self.messages[:-1]:
            text = message.text.strip()[:LONGEST]
            if message.role == "user" and text:
                said.append(Exchange(text))
            elif message.role == "assistant" and said:
                said[-1] = exchange(said[-1].question, text)
        return said


def _kind(response_format: Any) -> Any:
    return response_format.get("type") if isinstance(response_format, dict) else None
