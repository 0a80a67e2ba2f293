"""CSV files as an office exports them.

csv_file([{"nameKo": "김시범", "guCode": "11620"}, …])      # UTF-8, with the keys as heading
numbered(RESIDENT, 3)                                      # three rows, each with its own name
"""

from collections.abc import Iterable, Mapping, Sequence

Cells = Mapping[str, str]

RESIDENT: Cells = {
    "nameKo": "김시범",
    "birthDate": "1999-05-17",
    "guCode": "11620",
    "residentType": "citizen",
    "registeredSince": "2019-03-02",
}


def csv_text(rows: Iterable[Cells], heading: Sequence[str] | None = None) -> str:
    """The rows under a heading, which is the first row's keys unless it is given."""
    rows = list(rows)
    names = list(heading or rows[0])
    lines = [names, *([row.get(name, "") for name in names] for row in rows)]
    return "".join(",".join(map(_quoted, line)) + "\r\n" for line in lines)


def csv_file(rows: Iterable[Cells]) -> bytes:
    """The same in UTF-8."""
    return csv_text(rows).encode()


def numbered(cells: Cells, count: int, start: int = 1) -> list[Cells]:
    """So many rows that differ in the name alone, plainly no person's: 김시범0001."""
    return [{**cells, "nameKo": f"김시범{number:04}"} for number in range(start, start + count)]


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if set(text) & set(',"\r\n') else text
