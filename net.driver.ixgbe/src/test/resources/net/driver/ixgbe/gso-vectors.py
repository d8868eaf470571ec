#!/usr/bin/env python3
"""Writes gso-vectors.txt: what Linux makes of long TCP frames. Root; run it in a network of its own: unshare --net ./gso-vectors.py >gso-vectors.txt

A frame with a virtio header that asks for segmentation goes into a tap, over a bridge, and out of a second tap, which can no segmentation: the kernel cuts it.
"""
import fcntl, os, platform, select, struct, subprocess, sys

TUNSETIFF, TUNSETOFFLOAD, TUNSETVNETHDRSZ = 0x400454CA, 0x400454D0, 0x400454D8
IFF_TAP, IFF_NO_PI, IFF_VNET_HDR = 0x0002, 0x1000, 0x4000
NEEDS_CSUM, GSO_TCPV4, GSO_TCPV6, GSO_ECN = 1, 1, 4, 0x80
PEER, OWN = bytes.fromhex('020000000099'), bytes.fromhex('020000000001')


def tap(name, flags):
    fd = os.open('/dev/net/tun', os.O_RDWR)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack('16sH22x', name.encode(), IFF_TAP | IFF_NO_PI | flags))
    return fd


def ip(*words):
    subprocess.run(['ip', *words], check=True)


def frame(version, options, flags, payload):
    l4 = 20 + len(options)
    tcp = struct.pack('>HHIIBBHHH', 80, 4000, 0xFFFFFE00, 7, l4 // 4 << 4, flags, 1000, 0, 0) + options
    body = tcp + bytes((7 * i + 3) & 0xFF for i in range(payload))
    if version == 6:
        head = struct.pack('>IHBB', 0x6 << 28 | 0x12345, len(body), 6, 64)
        head += bytes.fromhex('20010db8000000000000000000000001') + bytes.fromhex('20010db8000000000000000000000002')
    else:
        head = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(body), 0xFFFE, 0, 64, 6, 0) + bytes([10, 0, 0, 1, 10, 0, 0, 2])
    return PEER + OWN + struct.pack('>H', 0x86DD if version == 6 else 0x0800) + head + body


def fold(data):
    data += b'\0' * (len(data) % 2)
    n = sum(struct.unpack('>%dH' % (len(data) // 2), data))
    while n >> 16:
        n = (n & 0xFFFF) + (n >> 16)
    return n


def prepared(f, version):
    """With the sum of the pseudo header, length included, and, for IPv4, of the header: as Linux has them in a frame that is to be segmented."""
    f = bytearray(f)
    l3 = 40 if version == 6 else 20
    addresses = f[22:54] if version == 6 else f[26:34]
    length = len(f) - 14 - l3
    f[14 + l3 + 16:14 + l3 + 18] = struct.pack('>H', fold(bytes(addresses) + struct.pack('>II', length, 6)))
    if version == 4:
        f[24:26] = struct.pack('>H', 0xFFFF ^ fold(bytes(f[14:34])))
    return bytes(f)


def main():
    into, out = tap('in', IFF_VNET_HDR), tap('out', 0)
    fcntl.ioctl(into, TUNSETOFFLOAD, 0x1 | 0x2 | 0x4 | 0x8)
    for command in ('link add name middle type bridge mcast_snooping 0', 'link set in master middle', 'link set out master middle', 'link set in up',
                    'link set out up', 'link set middle up'):
        ip(*command.split())
    # A bridge forwards at once without the spanning tree; what the kernel itself sends is not of our making and is left out.
    linux = '.'.join(platform.release().split('.')[:2])
    print('# Linux', linux, '(gso-vectors.py): name, IP version, length of the TCP header, MSS; the frame without sums; its segments')
    timestamps = bytes.fromhex('0101080a0000000100000002')
    cases = [('plain', 6, b'', 0x18, 1000, 3500), ('whole', 6, b'', 0x10, 1000, 3000), ('options', 6, timestamps, 0x19, 1428, 5000),
             ('cwr', 6, b'', 0x98, 500, 1200), ('one', 6, timestamps, 0x18, 100, 101), ('four', 4, b'', 0x19, 1460, 7000),
             ('four-options', 4, timestamps, 0x98, 536, 2000)]
    for name, version, options, flags, mss, payload in cases:
        f = frame(version, options, flags, payload)
        l3 = 40 if version == 6 else 20
        gso = (GSO_TCPV6 if version == 6 else GSO_TCPV4) | (GSO_ECN if flags & 0x80 else 0)
        header = struct.pack('<BBHHHH', NEEDS_CSUM, gso, 14 + l3 + 20 + len(options), mss, 14 + l3, 16)
        os.write(into, header + prepared(f, version))
        print('frame', name, version, 20 + len(options), mss, f.hex())
        left = payload
        while left > 0:
            if not select.select([out], [], [], 10)[0]:
                sys.exit('no segment of ' + name)
            got = os.read(out, 65536)
            if got[:12] == PEER + OWN:
                print('segment', got.hex())
                left -= len(got) - 14 - l3 - 20 - len(options)


main()
