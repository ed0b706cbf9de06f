"""The worked example of the how-to, as it stands there."""

import re
from pathlib import Path
from typing import Any

HOWTO = Path(__file__).parents[2] / "docs" / "howto" / "own-policy.md"


def test_the_example_programs_an_array() -> None:
    blocks = re.findall(r"```python\n(.*?)```", HOWTO.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    for block in blocks:
        exec(compile(block, str(HOWTO), "exec"), names)
    assert names["summary"]["policy"] == {"name": "bisect", "step_v": 0.2}
    assert names["report"].declared_in_band >= 0.95
