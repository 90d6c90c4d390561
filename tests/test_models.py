"""Finding models: the embedded one."""

import hashlib

from rag.models import packaged_model


def test_the_packaged_model_is_the_one_that_the_adapter_was_trained_for() -> None:
    digest = hashlib.sha256(packaged_model().read_bytes()).hexdigest()
    assert digest.startswith("b179c952") and digest.endswith("10db53")
