"""Print every figure: ``python -m bench [--full] [NAME ...]``. Reduced sizes by default."""

import argparse
import importlib
import os
import platform
import sys
from datetime import date
from pathlib import Path

FOLDER = Path(__file__).parent


def prepare() -> None:
    """A durable embedded PostgreSQL of its own (or ``DATABASE_URL``), and Django set up on it."""
    sys.path.insert(0, str(FOLDER.parent / "src"))
    state = FOLDER.parent / ".satu" / "bench"
    os.environ.setdefault("SATU_STATE", str(state))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "satu.config.settings")
    from satu.config.postgres import ensure_database

    ensure_database(state)
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", help="only these (default: all)")
    parser.add_argument("--full", action="store_true", help="full size, as docs/performance.md quotes it")
    chosen = parser.parse_args()
    names = chosen.names or sorted(p.stem.removeprefix("bench_") for p in FOLDER.glob("bench_*.py"))
    prepare()
    size = "full" if chosen.full else "reduced"
    print(f"# {date.today()}, {os.cpu_count()} cores, Python {platform.python_version()}, {size} size")  # noqa: DTZ011
    for name in names:
        print(f"\n## {name}", flush=True)
        for figure in importlib.import_module(f"bench.bench_{name}").run(full=chosen.full):
            verdict = {True: "  kept", False: "  NOT KEPT", None: ""}[figure.holds]
            beside = f"  ({figure.beside})" if figure.beside else ""
            note = f"  [{figure.note}]" if figure.note else ""
            print(f"{figure.what}: {figure.value}{beside}{verdict}{note}", flush=True)


if __name__ == "__main__":
    main()
