"""The process that opens workbooks: XLSX, old XLS, ODS and web pages named .xls, as rows of text.

It may use so much memory and processor time and no more, so that a hostile or damaged file ends this process and
nothing else. It imports next to nothing but the library that a file needs. `warehouse/workbooks.py` starts it, gives it
one file after the other, and reads its answers: one JSON object a line.
"""

from __future__ import annotations

import io
import json
import os
import sys
import zipfile
from contextlib import suppress

from warehouse.workbook_cells import Answer, UnreadableWorkbook
from warehouse.workbook_excel import read_xls, read_xlsx
from warehouse.workbook_markup import read_ods, read_web_page

MOST_PARTS = 5000


def read(data: bytes, unpacked: int, answer: Answer) -> None:
    """Answer with every sheet of a file, known by its content and not by its name."""
    if data[:4] == b"PK\x03\x04":
        _check_archive(data, unpacked)
        if is_ods(data):
            read_ods(data, answer)
        else:
            read_xlsx(data, answer)
    elif data[:4] == b"\xd0\xcf\x11\xe0":
        read_xls(data, answer)
    else:
        read_web_page(data, answer)


def is_ods(data: bytes) -> bool:
    """Whether an archive says that it is an OpenDocument spreadsheet."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        return "mimetype" in names and b"opendocument.spreadsheet" in archive.read("mimetype")[:100]


def _check_archive(data: bytes, unpacked: int) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > unpacked:
            raise UnreadableWorkbook(f"unpacks to more than {unpacked // 2**20} MiB: send CSV")
        if any(part.flag_bits & 1 for part in parts):
            raise UnreadableWorkbook("is protected by a password: save it without one")


def serve(memory: int) -> None:
    """Answer for one file after the other on standard input, until there is no more."""
    with suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import signal
    import time
    import warnings

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warnings.simplefilter("ignore")
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while asked := sys.stdin.buffer.readline():
        request = json.loads(asked)
        answer = Answer(out, request["rows"], request["columns"], request["cells"])
        with suppress(NameError, ValueError):
            seconds = int(time.process_time()) + request["seconds"]
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))
        try:
            data = sys.stdin.buffer.read(request["size"])
            read(data, request["unpacked"], answer)
            answer.send({"done": True})
        except UnreadableWorkbook as error:
            answer.send({"unreadable": str(error)})
        except MemoryError:
            answer.send({"unreadable": f"takes more than {memory // 2**20:,} MiB of memory to read: send CSV"})
        except Exception as error:  # whatever a damaged file makes its library raise
            what = f"{type(error).__name__}: {error}".splitlines()[0][:200]
            answer.send(
                {
                    "unreadable": "cannot be read as a workbook, perhaps damaged or cut off on its way: send it again, "
                    f"or open it in your spreadsheet program and save it anew as .xlsx ({what})"
                }
            )
        out.flush()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
