"""A writer on a server that speaks OpenAI's protocol: vLLM, llama.cpp's server, Ollama and others.

The server is asked for a grammar (`GRAMMAR`), and for less where it refuses. What it writes is a proposal like any
writer's: the checker, in this process, decides. Nothing of the key and nothing that a server says of itself is shown:
errors name the address and what to do.
"""

from __future__ import annotations

import math
import os
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from index.errors import FootnoteError, UsageError
from rag.exchange import Exchange, conversation
from rag.prompt import FOLLOW_UP, INSTRUCTIONS, SPLIT, Line, evidence_block, question_block
from rag.proxy import explained, is_here
from rag.writer import STATEMENTS, Draft, drafts, rewritten, simple

if TYPE_CHECKING:
    from openai import Stream
    from openai.types.chat import ChatCompletionChunk

KEY = "OPENAI_API_KEY"  # of the environment; sent to the server that --model names, and to no other
NO_KEY = "none"  # what is sent without one, for the client sends something
TIMEOUT = "FOOTNOTE_TIMEOUT"  # of the environment: seconds
PATIENCE = 60.0  # seconds without a word of the server, if the environment does not say
CONNECTING = 5.0  # seconds
RETRIES = 2  # of a request that could not be sent or met a busy server, half a second and a second later
LONGEST = 240  # tokens of a reply
WAYS = ("grammar", "text")  # of asking
REFUSALS = (400, 422, 500, 501)  # of a way of asking; llama-cpp-python's server says 500
CONTROL = re.compile(r"<(?=[|/\w])|\[(?=/?[A-Z_]+\])")  # how the control tokens of chat templates begin


class ServedWriter:
    """The model NAME behind ``address``, http(s)://HOST:PORT/v1#NAME. Threads may ask at once, and are served at once.

    The server is first spoken to when there is a question. Raises UsageError for an address that is none, or holds a
    password, and where openai is not installed.
    """

    def __init__(self, address: str) -> None:
        self.name = address
        base, _, self._served = address.partition("#")
        self._host = _host(base)
        if not self._served:
            raise UsageError(f"Say which model of {self._host} is meant: --model {base}#NAME.")
        try:
            import openai
        except ImportError as error:
            raise UsageError("A model on a server needs openai: pip install 'footnote-qa[server]'.") from error
        self._patience = _patience()
        timeout = openai.Timeout(self._patience, connect=min(CONNECTING, self._patience))
        outside = not is_here(urlsplit(base).hostname or "")  # no proxy leads here
        with explained():
            client = openai.DefaultHttpxClient(trust_env=outside, timeout=timeout)
        self._client = openai.OpenAI(
            base_url=base, api_key=_key(), timeout=timeout, max_retries=RETRIES, http_client=client
        )
        self._ways: Sequence[str] = WAYS  # that may work; one, once it has

    def write(self, question: str, lines: Sequence[Line], least: int = 1) -> Iterator[int | Draft]:
        """The statements as they are whole, and between them how many tokens are written.

        Closing the iterator ends the request. Raises FootnoteError for a server that is down, slow or broken,
        UsageError for one that refuses.
        """
        said = [Line(without_control_tokens(line.text), without_control_tokens(line.context)) for line in lines]
        message = evidence_block(said) + question_block(without_control_tokens(question))
        text, shown = "", 0
        for written, (piece, over) in enumerate(self._streamed(INSTRUCTIONS, message, grammar(len(lines), least)), 1):
            text += piece
            found = drafts(text, len(lines), over)
            yield from found[shown:]
            shown = max(shown, len(found))
            yield written

    def parts(self, question: str) -> list[str]:
        """The simple questions that ``question`` is made of; raises as ``write`` does."""
        return simple("".join(piece for piece, _ in self._streamed(SPLIT, without_control_tokens(question))), question)

    def standalone(self, question: str, said: Sequence[Exchange]) -> str:
        """See ``Writer``; raises as ``write`` does."""
        message = without_control_tokens(conversation(question, said))
        return rewritten("".join(piece for piece, _ in self._streamed(FOLLOW_UP, message)))

    def _streamed(self, system: str, message: str, form: str | None = None) -> Iterator[tuple[str, bool]]:
        """Pieces of the reply as they come, and whether the server says that this was all."""
        written, over = 0, False
        with self._in_plain_words(), self._asked(system, message, form) as stream:
            deadline = math.inf  # until the first token: a busy server may say for long that it is still there
            for chunk in stream:
                deadline = min(deadline, time.monotonic() + self._patience)
                if chunk.choices:
                    over = over or chunk.choices[0].finish_reason is not None
                    written += 1
                    yield chunk.choices[0].delta.content or "", over
                if time.monotonic() > deadline and not over:
                    raise FootnoteError(self._too_slow())
        if not written:
            raise FootnoteError(self._no_model_server())
        if not over:
            raise FootnoteError(f"The model server at {self._host} broke off in the middle of an answer: ask again.")

    def _asked(self, system: str, message: str, form: str | None) -> Stream[ChatCompletionChunk]:
        """The reply as it comes, asked for in the first way that the server accepts."""
        import openai

        refused: Exception | None = None
        for way in self._ways if form else ("text",):
            extras: dict[str, Any] = {"extra_body": {"grammar": form}} if way == "grammar" else {}
            try:
                stream: Stream[ChatCompletionChunk] = self._client.chat.completions.create(
                    model=self._served,
                    messages=[{"role": "system", "content": system}, {"role": "user", "content": message}],
                    stream=True,
                    temperature=0,
                    max_tokens=LONGEST,
                    **extras,
                )
            except openai.APIStatusError as error:
                if error.status_code not in REFUSALS:
                    raise
                refused = error
            else:
                self._ways = (way,) if form else self._ways
                return stream
        assert refused
        raise refused

    @contextmanager
    def _in_plain_words(self) -> Iterator[None]:
        """Whatever the client raises, as one line of our own."""
        import openai

        at = f"The model server at {self._host}"
        try:
            yield
        except openai.APITimeoutError as error:
            raise FootnoteError(self._too_slow()) from error
        except openai.APIConnectionError as error:
            raise FootnoteError(f"{at} can't be reached, or broke off: start it, or name another --model.") from error
        except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
            what = "refuses the key" if os.environ.get(KEY) else "wants a key"
            raise UsageError(f"{at} {what}: set {KEY} in the environment.") from error
        except openai.NotFoundError as error:
            raise UsageError(f"{at} has no model {self._served}, or the path before # is not its own.") from error
        except openai.RateLimitError as error:
            raise FootnoteError(f"{at} has too much to do: ask later, or with fewer --jobs.") from error
        except openai.APIStatusError as error:
            code = error.status_code
            if code < 500:
                raise UsageError(f"{at} refuses the question ({code}): it may be too long for its window.") from error
            raise FootnoteError(f"{at} failed ({code}): its own log says why.") from error
        except openai.APIError as error:
            raise FootnoteError(f"{at} failed in the middle of an answer: its own log says why.") from error
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:  # of what is no chunk
            raise FootnoteError(self._no_model_server()) from error

    def _too_slow(self) -> str:
        return (
            f"The model server at {self._host} did not answer within {self._patience:g} seconds: ask again, or set "
            f"{TIMEOUT} to more."
        )

    def _no_model_server(self) -> str:
        return f"What answers at {self._host} does not speak OpenAI's protocol: name a model server, as …/v1#NAME."


def grammar(labels: int, least: int = 1) -> str:
    """``least`` statements or more in GBNF, the notation of llama.cpp: words, then numbers of sentences that exist."""
    numbers = " | ".join(f'"{k}"' for k in range(1, labels + 1))
    all_of_them = " ".join("statement" + "?" * (k >= least) for k in range(STATEMENTS))
    return (
        f"root ::= {all_of_them}\n"
        'statement ::= words mark mark? mark? "."? "\\n"? " "?\n'
        "words ::= [^\\[\\]\\n] [^\\[\\]\\n] [^\\[\\]\\n] [^\\[\\]\\n]+\n"
        f'mark ::= "[" ({numbers}) "]"\n'
    )


def without_control_tokens(text: str) -> str:
    """``text`` without control tokens, which a server's tokenizer would obey: ``<|end|>`` becomes ``< |end|>``."""
    return CONTROL.sub(r"\g<0> ", text)


def _host(base: str) -> str:
    """What messages call the server; raises UsageError for an address that none should have."""
    try:
        url = urlsplit(base)
        host, port = url.hostname, url.port
    except ValueError:
        host, port = None, None
    if not host:
        raise UsageError("--model: this is no address of a server; one reads http://HOST:PORT/v1#NAME.")
    if "@" in url.netloc or url.query:
        raise UsageError(f"--model: an address holds no password and no key; set {KEY} in the environment instead.")
    return f"{url.scheme}://{host}" + (f":{port}" if port else "")


def _key() -> str:
    key = os.environ.get(KEY, "").strip() or NO_KEY
    if not (key.isascii() and key.isprintable()):
        raise UsageError(f"{KEY} holds characters that no key holds: set it again.")
    return key


def _patience() -> float:
    said = os.environ.get(TIMEOUT) or PATIENCE
    try:
        seconds = float(said)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise UsageError(f"{TIMEOUT} is a number of seconds, not {said}.")
    return seconds
