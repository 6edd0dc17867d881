#!/usr/bin/env python3
"""Makes one of the databases in this folder with a server of its time, through the server's own door.

    make.py SERVER VERSION FILE

SERVER is the `nebula-server` that was built from the commit which README.md names for VERSION, and FILE
is the database to make. What is said and done is in `main`; the README has it as a table.
"""

import atexit
import base64
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from urllib.parse import quote

YEAR = 365 * 24 * 60 * 60
DEV, OTHER, OLD = "dev", "Überraum 東", "attic"
# Keys are one byte, sixteen times, as in the other tests.
BEA, FIRST_ZOE, SECOND_ZOE, EVE, KIM, MOD, PHONE = 1, 7, 8, 5, 6, 9, 11
# printf '\x09%.0s' {1..16} | sha256sum
MOD_HASH = "06232b08dabb5a4fdb466598179349c845b0dc3436324794e270257b4e0fdbce"


class Server:
    """A running server."""

    def __init__(self, binary, db, moderators, *flags):
        self.command, self.env = binary, {**os.environ, "NEBULA_DB": db}
        if moderators:
            self.env["NEBULA_MODERATORS"] = moderators
        listen = [binary, "--listen", "127.0.0.1:0", *flags]
        self.process = subprocess.Popen(listen, env=self.env, stderr=subprocess.PIPE, text=True)
        atexit.register(self.process.kill)
        for line in self.process.stderr:
            if found := re.search(r"http://127\.0\.0\.1:(\d+)", line):
                self.port = int(found[1])
                return
        sys.exit("the server did not start")

    def connect(self, room, user, key=None, more="", link=None):
        path = f"/?room={quote(room)}&username={quote(user)}{more}"
        return Peer(self.port, path, key, link)

    def enter(self, room, user, key=None):
        peer = self.connect(room, user, key)
        peer.hear("presence")
        return peer

    def operator(self, *arguments):
        subprocess.run([self.command, *arguments], env=self.env, check=True)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.stderr.read()
        if code := self.process.wait():
            sys.exit(f"the server ended with {code}")


class Peer:
    """One connection: just enough of RFC 6455."""

    def __init__(self, port, path, key, link=None):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.settimeout(60)
        self.stream = self.socket.makefile("rb")
        nonce = base64.b64encode(os.urandom(16)).decode()
        protocol = ""
        if key:
            brought = base64.urlsafe_b64encode(bytes([key]) * 16).decode().rstrip("=")
            offered = f"nebula.v1, nebula.key.{brought}"
            if link:
                offered += f", nebula.link.{link}"
            protocol = f"Sec-WebSocket-Protocol: {offered}\r\n"
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {nonce}\r\n"
            f"{protocol}\r\n".encode()
        )
        assert b" 101 " in self.stream.readline()
        while self.stream.readline() != b"\r\n":
            pass

    def send(self, **envelope):
        text = json.dumps(envelope).encode()
        assert len(text) < 1 << 16
        length = bytes([0x80 | len(text)]) if len(text) < 126 else struct.pack(">BH", 0xFE, len(text))
        # A mask of zeros leaves the text as it is.
        self.socket.sendall(b"\x81" + length + bytes(4) + text)

    def hear(self, kind, **wanted):
        """The next envelope of a kind in which these fields have these values."""
        while True:
            opcode, length = self.stream.read(2)
            if length >= 126:
                form = ">H" if length == 126 else ">Q"
                (length,) = struct.unpack(form, self.stream.read(struct.calcsize(form)))
            text = self.stream.read(length)
            if opcode == 0x88:
                sys.exit(f"closed instead of {kind}")
            if opcode != 0x81:
                continue
            envelope = json.loads(text)
            if envelope["type"] == kind and wanted.items() <= envelope.items():
                return envelope
            if envelope["type"] == "error":
                sys.exit(f"{envelope} instead of {kind}")

    def say(self, room, content, ref=None):
        """The id of what is said."""
        more = {"ref": ref} if ref else {}
        self.send(type="message", room=room, content=content, **more)
        return self.hear("message", content=content)["id"]

    def act(self, action, user, **more):
        self.send(type=action, user=user, **more)
        self.hear("moderated", action=action, user=user)

    def delete(self, room, message):
        self.send(type="delete", room=room, message=message)
        self.hear("deleted", message=message)

    def leave(self):
        self.socket.shutdown(socket.SHUT_RDWR)


def clear_away(start):
    """One room of which retention leaves nothing, and one that goes on afterwards."""
    for room, left, *flags in ((OLD, 0, "--keep", "1ms"), (DEV, 1, "--keep-messages", "1")):
        server = start()
        mod = server.enter(room, "Mod", MOD)
        mod.say(room, "from long ago", "r1")
        mod.delete(room, mod.say(room, "deleted long ago", "r2"))
        mod.say(room, "as old")
        mod.say(room, "the newest of the old")
        server.stop()
        server = start(*flags, "--keep-every", "20ms")
        while len(server.connect(room, "", more="&since=0").hear("history")["messages"]) > left:
            pass
        server.stop()


def talk(server):
    """What every version knows; the ids of what is deleted where that is known."""
    ann, bea = server.enter(DEV, "Ann"), server.enter(DEV, "Bea", BEA)
    for peer in (ann, bea):
        peer.send(type="join", room=OTHER)
        peer.hear("presence", room=OTHER)
    ann.say(DEV, "hello from Ann")
    ann.say(DEV, "Ann's first ref", "r1")
    bea.say(DEV, "Bea's first ref", "r1")
    ann_said = ann.say(DEV, "a secret of Ann", "gone")
    bea.say(OTHER, "grüße, 東京 👋", "r1")
    bea_said = bea.say(OTHER, "a secret of Bea")
    ann.say(OTHER, "/me waves")
    bea.leave()
    ann.hear("leave", room=OTHER, sender="Bea")
    server.enter(DEV, "BEA", BEA).say(DEV, "BEA is loud", "r2")
    ann.hear("message", sender="BEA")
    return (DEV, ann_said), (OTHER, bea_said)


def moderate(server, said):
    """What is known since names are kept and there are moderators."""
    mod = server.enter(DEV, "Mod", MOD)
    for room in (OTHER, "lobby"):
        mod.send(type="join", room=room)
        mod.hear("presence", room=room)
    for room, message in said:
        mod.delete(room, message)
    kept = [("Eve", EVE), ("Kim", KIM), ("Zoe", FIRST_ZOE)]
    people = [server.enter(DEV, name, key) for name, key in kept]
    people += [server.enter(DEV, "Ned"), server.enter(DEV, "Tom")]
    for peer, ref in zip(people, ["e1", "k1", "z1", None, "t1"]):
        peer.say(DEV, "before it happened", ref)
        peer.leave()
        mod.hear("leave", room=DEV)
    mod.act("ban", "Eve", reason="spam, \"again\"")
    mod.act("ban", "Ned", room=DEV, seconds=YEAR)
    mod.act("ban", "Zoe", room=DEV)
    # One key, two names: the one is banned for good, the other for a time.
    server.enter("lobby", "Zelda", FIRST_ZOE).leave()
    mod.act("ban", "Zelda", room=DEV, seconds=YEAR)
    mod.act("mute", "Kim", room=DEV, seconds=YEAR, reason="calm down")
    mod.act("mute", "Tom", seconds=YEAR)
    server.operator("release-name", "Zoe")
    server.enter("lobby", "Zoe", SECOND_ZOE).say("lobby", "Zoe is mine now", "z1")
    mod.hear("message", sender="Zoe", room="lobby")
    mod.say(DEV, "that is all", "m1")


def rooms_of_people(server):
    """What is known since people have devices, invites and rooms of their own."""
    bea = server.enter(DEV, "Bea", BEA)
    bea.send(type="link")
    code = bea.hear("link")["code"]
    server.connect(DEV, "", PHONE, link=code).hear("presence")
    bea.send(type="create", kind="private", title="Ops East", topic="shifts", ref="c1")
    ops = bea.hear("room", ref="c1")["room"]
    bea.send(type="add", room=ops, user="Mod", ref="c2")
    bea.hear("added", user="Mod")
    bea.send(type="role", room=ops, user="Mod", role="moderator", ref="c3")
    bea.hear("role", user="Mod")
    bea.send(type="join", room=ops)
    bea.hear("presence", room=ops)
    bea.say(ops, "the night shift begins", "o1")
    bea.send(type="setting", room=ops, joined=True, place=1000)
    bea.hear("setting", room=ops)
    bea.send(type="direct", users=["Mod"], ref="c4")
    both = bea.hear("room", ref="c4")["room"]
    bea.send(type="join", room=both)
    bea.hear("presence", room=both)
    bea.say(both, "between us", "d1")
    bea.send(type="create", room="releases", topic="what ships", ref="c5")
    bea.hear("room", ref="c5")
    mod = server.enter(DEV, "Mod", MOD)
    mod.send(type="invite", uses=3, seconds=YEAR, note="the new team")
    mod.hear("invite")


def life_of_messages(server):
    """What is known since messages are edited, replied and reacted to."""
    bea, mod = server.enter(DEV, "Bea", BEA), server.enter(DEV, "Mod", MOD)
    first = bea.say(DEV, "a frist try", "l1")
    bea.send(type="edit", room=DEV, message=first, content="a first try", ref="l2")
    bea.hear("edited", message=first)
    mod.send(type="message", room=DEV, content="well done", reply=first, ref="l3")
    mod.hear("message", reply=first)
    for peer, emoji, ref in ((mod, "👍", "l4"), (bea, "👍", "l5"), (bea, "🚀", "l6")):
        peer.send(type="react", room=DEV, message=first, emoji=emoji, ref=ref)
        peer.hear("reacted", ref=ref)


def main(binary, version, db):
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(MOD_HASH)
        file.flush()
        moderators = file.name if version >= 2 else None

        def start(*flags):
            return Server(binary, db, moderators, *flags)

        if version >= 3:
            clear_away(start)
        server = start()
        said = talk(server)
        if version >= 2:
            moderate(server, said)
        if version >= 7:
            mod = server.enter(OTHER, "Mod", MOD)
            mod.send(type="topic", room=OTHER, content="about the East", ref="t1")
            mod.hear("topic", room=OTHER)
        if version >= 10:
            rooms_of_people(server)
        if version >= 11:
            life_of_messages(server)
        server.stop()
    assert not os.path.exists(f"{db}-wal")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), os.path.abspath(sys.argv[3]))
