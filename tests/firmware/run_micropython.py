"""Runs test files under MicroPython, from the root of the repository: run_micropython.py test_lines ...

One line a test, `ok <file>.<name>` or `FAIL <file>.<name>` and the traceback; the exit code says whether all passed.
"""

import sys

sys.path.insert(0, "firmware")
sys.path.insert(0, "tests/firmware")

passed = 0
failed = 0
for name in sys.argv[1:]:
    module = __import__(name)
    for attribute in sorted(dir(module)):
        if not attribute.startswith("test_"):
            continue
        try:
            getattr(module, attribute)()
        except Exception as error:  # noqa: BLE001 - a failing test must not hide the others
            failed += 1
            print(f"FAIL {name}.{attribute}")  # noqa: T201 - this is a command line
            sys.print_exception(error, sys.stdout)
        else:
            passed += 1
            print(f"ok {name}.{attribute}")  # noqa: T201
print(f"{passed} passed, {failed} failed")  # noqa: T201
sys.exit(1 if failed or not passed else 0)
