"""How far tests with random examples look: at few, the same each time, or at as many others as `PKIT_FUZZ_EXAMPLES` says."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, Phase, settings

SLOW = [
    *(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much),
    *(HealthCheck.large_base_example, HealthCheck.function_scoped_fixture),
]
"""What hypothesis need not tell: an example takes its time, and a fixture may hold what is the same for all of them."""

EXAMPLES = int(os.environ.get("PKIT_FUZZ_EXAMPLES", "0"))


def bounded(examples: int, **options: Any) -> settings:
    """Return settings for so many examples that each take long, a project to compile for instance."""
    return settings(
        max_examples=EXAMPLES or examples,
        derandomize=not EXAMPLES,
        deadline=None,
        suppress_health_check=SLOW,
        **options,
    )


def generated(examples: int) -> settings:
    """Return settings for so many examples that are not made smaller when one fails."""
    return bounded(examples, database=None, phases=[Phase.explicit, Phase.generate])
