"""Runs the scripts that arrive on standard input, beside what they read, and sends what they write.

Each comes as a line of JSON, {"script", "request", "reply": file names, "sizes": [of the script, of
the request]}, and the bytes of the two files. What goes back is whether it succeeded (one byte), a
size (eight bytes), and so many bytes: the reply, or an error message.
"""
import json
import os
import runpy
import struct
import sys
import tempfile
import traceback


def run(call, folder):
    files = [os.path.join(folder, call[role]) for role in ("script", "request", "reply")]
    for file, size in zip(files, call["sizes"]):
        with open(file, "wb") as out:
            out.write(sys.stdin.buffer.read(size))
    sys.argv = files
    try:
        runpy.run_path(files[0], run_name="__main__")
        with open(files[2], "rb") as reply:
            return True, reply.read()
    except ModuleNotFoundError as e:
        return False, f"{sys.executable} has no {e.name}".encode()
    except BaseException:  # also a script that exits
        return False, traceback.format_exc().encode()


def main():
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a script prints is not its reply
    while line := sys.stdin.buffer.readline():
        with tempfile.TemporaryDirectory() as folder:
            succeeded, reply = run(json.loads(line), folder)
        replies.write(struct.pack(">?q", succeeded, len(reply)))
        replies.write(reply)
        replies.flush()


main()
