"""Answers of other RAG libraries to our own questions: ``peer_answers.py FOLDER QUESTIONS MODEL EMBEDDER``.

LlamaIndex's citation query engine and a LangChain retrieval chain with FAISS, each as its documentation shows it, with
our two models. `evals/peers.py` runs it in a virtual environment of its own; it uses nothing of ours. It prints one
JSON object an answer: peer, id, seconds, answer, sources (the texts that it was given). QUESTIONS holds a JSON object
of questions by id.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from llama_cpp import llama_cpp

DEFAULTS = llama_cpp.llama_model_default_params
WINDOW = 4096  # tokens
LENGTH = 64  # tokens of an answer
PASSAGES = 5
PROMPT = (
    "Answer the question from the context. If it does not say, say so.\n\n{context}\n\nQuestion: {question}\nAnswer:"
)

Ask = Callable[[str], tuple[str, list[str]]]


def llama_index(texts: list[str], model: str, embedder: str) -> Ask:
    """https://docs.llamaindex.ai: "CitationQueryEngine"."""
    from llama_index.core import Document, VectorStoreIndex
    from llama_index.core.query_engine import CitationQueryEngine
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.llms.llama_cpp import LlamaCPP

    embeddings = HuggingFaceEmbedding(model_name=embedder)
    index = VectorStoreIndex.from_documents([Document(text=text) for text in texts], embed_model=embeddings)
    writer = LlamaCPP(
        model_path=model,
        temperature=0,
        max_new_tokens=LENGTH,
        context_window=WINDOW,
        model_kwargs={"n_threads": os.cpu_count()},
        verbose=False,
    )
    engine = CitationQueryEngine.from_args(index, llm=writer, similarity_top_k=PASSAGES)

    def ask(question: str) -> tuple[str, list[str]]:
        response = engine.query(question)
        return str(response), [node.node.get_content() for node in response.source_nodes]

    return ask


def langchain(texts: list[str], model: str, embedder: str) -> Ask:
    """https://docs.langchain.com: "Build a RAG agent", the chain of two steps."""
    from langchain_community.llms import LlamaCpp
    from langchain_community.vectorstores import FAISS
    from langchain_huggingface import HuggingFaceEmbeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    parts = [part for text in texts for part in splitter.split_text(text)]
    retriever = FAISS.from_texts(parts, HuggingFaceEmbeddings(model_name=embedder)).as_retriever(
        search_kwargs={"k": PASSAGES}
    )
    writer = LlamaCpp(
        model_path=model, temperature=0, max_tokens=LENGTH, n_ctx=WINDOW, n_threads=os.cpu_count(), verbose=False
    )

    def ask(question: str) -> tuple[str, list[str]]:
        sources = [document.page_content for document in retriever.invoke(question)]
        return writer.invoke(PROMPT.format(context="\n\n".join(sources), question=question)), sources

    return ask


def portable() -> llama_cpp.llama_model_params:
    """llama.cpp's defaults without its code for AMX, which crashes on some of the processors that have it."""
    settings: llama_cpp.llama_model_params = DEFAULTS()
    settings.use_extra_bufts = False
    return settings


def main(folder: Path, questions: Path, model: str, embedder: str) -> None:
    llama_cpp.llama_model_default_params = portable
    texts = [file.read_text(encoding="utf-8") for file in sorted(folder.iterdir())]
    asked: dict[str, str] = json.loads(questions.read_text(encoding="utf-8"))
    for peer, made in (("LlamaIndex", llama_index), ("LangChain", langchain)):
        ask = made(texts, model, embedder)
        ask(next(iter(asked.values())))  # the first is not counted
        for id, question in asked.items():
            began = time.perf_counter()
            answer, sources = ask(question)
            seconds = time.perf_counter() - began
            record = {"peer": peer, "id": id, "seconds": seconds, "answer": answer, "sources": sources}
            print(json.dumps(record, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4])
