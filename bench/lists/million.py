"""A million certificates of 47 days: prints the tables of docs/scale.md, as they are computed from what one
certificate takes.

Run: `PYTHONPATH=layers/certctl:client:. .venv/bin/python -m bench.lists.million`.
"""

from tests.support.scale import million


def main() -> None:
    for name, table in million.TABLES.items():
        print(f"<!-- {name} -->\n{table()}<!-- end of {name} -->\n")


if __name__ == "__main__":
    main()
