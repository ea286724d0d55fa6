"""A small writer of Outlook messages (MS-OXMSG in a compound file, MS-CFB), since no package writes them."""

import struct

SECTOR = 512
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
NO_STREAM = 0xFFFFFFFF
STRING = 0x001F
LEAST_BYTES = 4096  # smaller streams would have to be packed together in another one


def outlook_message(*, subject: str, body: str, sender: str) -> bytes:
    """The bytes of a message with these three properties; the sender stands in its internet header."""
    texts = {
        0x001A: "IPM.Note",
        0x0037: subject,
        0x1000: body,
        0x007D: f"From: {sender}\r\nSubject: x\r\n\r\n",
    }
    streams = [
        (f"__substg1.0_{tag:04X}{STRING:04X}", text.encode("utf-16-le")) for tag, text in texts.items()
    ]
    table = b"".join(
        struct.pack("<HHII4x", STRING, tag, 6, len(text.encode("utf-16-le")) + 2)
        for tag, text in texts.items()
    )
    streams.append(("__properties_version1.0", struct.pack("<8x4I8x", 0, 0, 0, 0) + table))
    return _compound(sorted(streams, key=lambda stream: (len(stream[0]), stream[0].upper())))


def _compound(streams: list[tuple[str, bytes]]) -> bytes:
    """Every stream padded to the size from which on it has sectors of its own; readers drop the zeros."""
    streams = [(name, content.ljust(LEAST_BYTES, b"\x00")) for name, content in streams]
    directory_sectors = -(-(len(streams) + 1) // 4)
    chains: list[list[int]] = [list(range(1, 1 + directory_sectors))]
    following = 1 + directory_sectors
    for _, content in streams:
        count = max(1, -(-len(content) // SECTOR))
        chains.append(list(range(following, following + count)))
        following += count
    fat = [FREE] * (SECTOR // 4)
    fat[0] = FAT
    for chain in chains:
        for sector, after in zip(chain, [*chain[1:], END], strict=True):
            fat[sector] = after
    entries = [_entry("Root Entry", 5, child=1, start=END, size=0)]
    for number, ((name, content), chain) in enumerate(zip(streams, chains[1:], strict=True), 1):
        right = number + 1 if number < len(streams) else NO_STREAM
        entries.append(_entry(name, 2, right=right, start=chain[0], size=len(content)))
    directory = b"".join(entries).ljust(directory_sectors * SECTOR, b"\x00")
    contents = b"".join(
        content.ljust(max(1, -(-len(content) // SECTOR)) * SECTOR, b"\x00") for _, content in streams
    )
    return _header() + struct.pack(f"<{len(fat)}I", *fat) + directory + contents


def _header() -> bytes:
    fixed = struct.pack(
        "<8s16xHHHHH6xIIIIIIIIII",
        *(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6),
        *(0, 1, 1, 0, LEAST_BYTES, END, 0, END, 0, 0),
    )
    return fixed.ljust(SECTOR, b"\xff")


def _entry(name: str, kind: int, *, child=NO_STREAM, right=NO_STREAM, start: int, size: int) -> bytes:
    encoded = name.encode("utf-16-le") + b"\x00\x00"
    return struct.pack(
        "<64sHBBIII16x4x8x8xIQ",
        *(encoded, len(encoded), kind, 1, NO_STREAM, right, child, start, size),
    )
