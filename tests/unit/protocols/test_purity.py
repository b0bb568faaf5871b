"""The package is pure: a gateway needs no numpy, and nothing reads a clock, a file or a socket."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import sts_protocols

PACKAGE = Path(sts_protocols.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
ALLOWED = {
    "binascii",
    "collections",
    "csv",
    "enum",
    "functools",
    "itertools",
    "math",
    "operator",
    "re",
    "struct",
    "threading",
    "typing",
    "xml",
    "zlib",
    "msgspec",
    "zstandard",
    "sts_protocols",
}
# A zip file is read out of memory, by what the standard library calls a file.
OF_ONE_MODULE = {"columns.py": {"numpy"}, "archive.py": {"io", "zipfile"}}
CALLS_OUT = {"open", "print", "input", "exec", "eval", "__import__"}


def imported(tree: ast.Module) -> set[str]:
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return {name.split(".")[0] for name in names}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_nothing_that_reaches_outside(module):
    """Bytes and values only; numpy and zip files in one module each."""
    tree = ast.parse(module.read_text())
    assert imported(tree) <= ALLOWED | OF_ONE_MODULE.get(module.name, set())
    called = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not called & CALLS_OUT


def test_a_gateway_encodes_without_numpy():
    """All that a gateway uses works where numpy cannot be imported; the hub's arrays, as a control, do
    not."""
    program = """
import sys
sys.modules["numpy"] = None
from sts_protocols import beat, delivery, metrics, routing
from sts_protocols.gatt import battery, device_information, heart_rate
from sts_protocols.record import encode_samples, iter_samples
from sts_protocols.sample import Packet, Value
told = [Packet("hr-01", 1000, 1000, 0, (Value(1, 60.0, 0),))]
assert iter_samples(encode_samples(told)) == told
try:
    import sts_protocols.columns
except ImportError:
    print("as it should be")
"""
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True
    )
    assert ran.stdout.strip() == "as it should be"
