"""What can be measured: every module of this package that holds a `SIGNAL`.

A new one is a file beside the others: what it reads, of whom, and its words.
"""

import importlib
import pkgutil

from health.signals.signal import Column, Lens, Signal

__all__ = ["SIGNALS", "Column", "Lens", "Signal", "load"]


def load() -> dict[str, Signal]:
    """The signals of the modules found beside this one, by key, in order of keys."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    found = [module.SIGNAL for module in modules if hasattr(module, "SIGNAL")]
    return {signal.key: signal for signal in sorted(found, key=lambda one: one.key)}


SIGNALS = load()
