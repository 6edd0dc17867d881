#!/usr/bin/env python3
"""Tells what it costs a server to bring a large database of one of the versions 1 to 5 up to date.

    measure.py SERVER FILE MESSAGES

A copy of FILE gets so many more messages, half of them of somebody whose name is kept.
"""

import os
import resource
import shutil
import sqlite3
import sys
import tempfile
import time

from make import DEV, Server

FILL = """WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?1)
    INSERT INTO messages (id, room, author, author_key, content, at, ref)
    SELECT newest.id + n, newest.room, iif(n % 2, 'Ann', 'Bea'), iif(n % 2, 'ann', 'bea'),
        hex(randomblob(50)), newest.at, lower(hex(randomblob(8)))
    FROM n, (SELECT max(m.id) AS id, r.id AS room, m.at FROM messages m JOIN rooms r
        ON r.id = m.room WHERE r.key = ?2) AS newest"""


def main(binary, file, messages):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "nebula.db")
        shutil.copy(file, path)
        with sqlite3.connect(path) as db:
            db.execute(FILL, (messages, DEV))
        db.close()
        before = os.path.getsize(path)
        os.sync()
        began = time.monotonic()
        server = Server(binary, path, None, "--accept-clock", "--name-expiry", "0s")
        wall = time.monotonic() - began
        server.stop()
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        after = os.path.getsize(path)
        print(f"{wall:.1f} s until it listens; {used.ru_utime:.1f} s user, {used.ru_stime:.1f} s sys")
        print(f"{before >> 20} MiB before, {after >> 20} MiB after")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
