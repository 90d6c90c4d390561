"""The library measured as it grows, on a small scale."""

import json
import subprocess
import sys
from pathlib import Path

from test_recall import QUESTIONS


def test_each_size_is_measured_and_plotted(tmp_path: Path) -> None:
    (tmp_path / "questions.json").write_text(json.dumps(QUESTIONS), encoding="utf-8")
    out = tmp_path / "out"
    sizes = ["--sizes", "100", "300"]
    command = [sys.executable, "-m", "index.scale", str(tmp_path / "questions.json"), "--out", str(out), *sizes]
    subprocess.run([*command, "--fts5"], check=True, cwd=Path(__file__).parent.parent)
    first, second = json.loads((out / "scale.json").read_text(encoding="utf-8"))
    assert (first["passages"], second["passages"]) == (100, 300)
    assert first["dense_recall@10"] == second["dense_recall@10"] == 1, "so few are searched exactly"
    assert second["needles_recall@5"] == 1
    assert 0 < second["p50_ms"] <= second["p95_ms"]
    assert (out / "scale.svg").stat().st_size > 1000
