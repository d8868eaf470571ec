package net.testkit.vfio;

import net.sim.ForeignSlot;

/** The regions of a PCI device: its BARs and its configuration space. Indices are those of {@code enum} VFIO_PCI_*_REGION_INDEX in Linux's vfio.h. */
final class Regions {
    /** BAR 0 to 5, expansion ROM, configuration space, VGA. */
    static final int COUNT = 9;
    private static final int BARS = 6;
    private static final int CONFIG = 7;
    private static final int CONFIG_SIZE = 4096;
    private static final int INFO_SIZE = 32;
    private static final int READ_WRITE = 0x3;

    private final ForeignSlot slot;

    Regions(ForeignSlot slot) {
        this.slot = slot;
    }

    /** Bytes; 0 for those that there are not. */
    private long size(long index) {
        return index < BARS ? slot.barSize((int) index) : index == CONFIG ? CONFIG_SIZE : 0;
    }

    /** DEVICE_GET_REGION_INFO. */
    int info(Message m) throws RuleBroken, Refused {
        m.expect(INFO_SIZE, true);
        long index = m.u32(8);
        if (index >= COUNT) {
            throw new Refused(Refused.EINVAL, "region %d: there are %d", index, COUNT);
        }
        long size = size(index);
        m.set32(0, INFO_SIZE);
        m.set32(4, size == 0 ? 0 : READ_WRITE);
        m.set32(12, 0);
        m.set64(16, size);
        m.set64(24, 0);
        return INFO_SIZE;
    }

    /** REGION_READ. */
    int read(Message m) throws RuleBroken, Refused {
        m.expect(16, false);
        int count = check(m.u64(0), m.u32(8), m.u32(12), Message.MAX_DATA);
        int region = m.i32(8);
        long offset = m.u64(0);
        for (int done = 0; done < count;) {
            int width = width(offset + done, count - done);
            int value = region == CONFIG ? slot.configRead((int) offset + done, width) : slot.readBar(region, offset + done, width);
            for (int i = 0; i < width; i++) {
                m.set8(16 + done + i, value >>> 8 * i);
            }
            done += width;
        }
        return 16 + count;
    }

    /** REGION_WRITE. */
    int write(Message m) throws RuleBroken, Refused {
        if (m.length() < 16 || m.u32(12) != m.length() - 16) {
            throw new RuleBroken("a write of %d bytes in a payload of %d", m.length() < 16 ? -1 : m.u32(12), m.length());
        }
        write(m, 0, Message.MAX_DATA);
        return 16;
    }

    /** REGION_WRITE_MULTI: all of them, or those in front of the first wrong one. */
    int writeMulti(Message m) throws RuleBroken, Refused {
        long count = m.length() < 8 ? -1 : m.u64(0);
        if (count < 0 || count > m.length() / 24 || m.length() != 8 + 24 * count) {
            throw new RuleBroken("%d writes in a payload of %d bytes", count, m.length());
        }
        for (int i = 0; i < count; i++) {
            write(m, 8 + 24 * i, 8);
        }
        return 8;
    }

    private void write(Message m, int at, int most) throws Refused {
        int count = check(m.u64(at), m.u32(at + 8), m.u32(at + 12), most);
        int region = m.i32(at + 8);
        long offset = m.u64(at);
        for (int done = 0; done < count;) {
            int width = width(offset + done, count - done);
            int value = 0;
            for (int i = 0; i < width; i++) {
                value |= m.u8(at + 16 + done + i) << 8 * i;
            }
            if (region == CONFIG) {
                slot.configWrite((int) offset + done, width, value);
            } else {
                slot.writeBar(region, offset + done, width, value);
            }
            done += width;
        }
    }

    private int check(long offset, long region, long count, int most) throws Refused {
        long size = region < COUNT ? size(region) : 0;
        if (count > most || offset < 0 || offset > size - count) {
            throw new Refused(Refused.EINVAL, "%d bytes at 0x%x of region %d: it has 0x%x, and %d at a time are possible", count, offset, region, size, most);
        }
        return (int) count;
    }

    /** The widest access that is aligned and not beyond the end: a bus of 32 bits cuts longer ones. */
    private static int width(long offset, int left) {
        return (offset & 3) == 0 && left >= 4 ? 4 : (offset & 1) == 0 && left >= 2 ? 2 : 1;
    }
}
