"""Ratings: what visitors say of answers, kept in Milvus."""

import json
from dataclasses import asdict
from datetime import UTC, datetime

from index.feedback import Feedback
from index.milvus.client import Client, literal
from index.milvus.records import digest, parts, record, whole


def keep(client: Client, rating: Feedback) -> None:
    """Write ``rating``, over the one with the same id; it is there once its own row is, which comes last."""
    said = json.dumps(asdict(rating), ensure_ascii=False)
    id, content = f"feedback:{digest(rating.id)}", digest(said)
    before = client.get(client.records, [id], "article")
    client.write(client.records, list(parts("said", content, said)))
    time = datetime.now(UTC).isoformat(timespec="microseconds")
    client.write(client.records, [record("feedback", id, article=content, data=time)])
    if before and before[0]["article"] != content:
        client.delete(client.records, f'kind == "said" and article == {literal(before[0]["article"])}')


def kept(client: Client) -> list[Feedback]:
    """All of it, oldest first."""
    each = client.each(client.records, 'kind == "feedback"', "article", "data")
    rows = sorted((row["data"], row["article"]) for row in each)
    said = whole(client, "said", [content for _, content in rows])
    found = (json.loads(said[content]) for _, content in rows)
    return [Feedback(**{**rating, "history": tuple(rating["history"])}) for rating in found]
