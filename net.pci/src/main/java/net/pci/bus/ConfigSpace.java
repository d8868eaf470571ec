package net.pci.bus;

import net.api.device.PciAddress;
import net.api.host.PciAccess;

/** Configuration space of one function. Offsets: PCI Local Bus 3.0, 6.1; bridges: PCI-to-PCI Bridge 1.2, 3.2. */
public final class ConfigSpace {
    /** Vendor id, two bytes, and device id, two bytes. */
    public static final int ID = 0x00;
    /** Command register, two bytes. */
    public static final int COMMAND = 0x04;
    /** Status register, two bytes. */
    public static final int STATUS = 0x06;
    /** Revision, and the three bytes of class code above it. */
    public static final int CLASS = 0x08;
    /** Header type: layout in bits 6 to 0, multifunction in bit 7. */
    public static final int HEADER_TYPE = 0x0e;
    /** First base address register. */
    public static final int BAR0 = 0x10;
    /** End of the base address registers of an ordinary function. */
    public static final int BAR_END = 0x28;
    /** Bus numbers of a bridge: primary, secondary, subordinate, a byte each. */
    public static final int BUS_NUMBERS = 0x18;
    /** Subsystem vendor id and subsystem id. */
    public static final int SUBSYSTEM = 0x2c;
    /** Expansion ROM of an ordinary function. */
    public static final int ROM = 0x30;
    /** Offset of the first capability. */
    public static final int CAPABILITIES = 0x34;

    /** Command: answers at I/O ports. */
    public static final int COMMAND_IO = 1;
    /** Command: answers at memory addresses. */
    public static final int COMMAND_MEMORY = 1 << 1;
    /** Command: may start transfers itself. */
    public static final int COMMAND_MASTER = 1 << 2;
    /** Command: does not assert its interrupt pin. PCI Local Bus 3.0, 6.2.2. */
    public static final int COMMAND_INTX_DISABLE = 1 << 10;
    /** Status: there is a capability list. */
    public static final int STATUS_CAPABILITIES = 1 << 4;

    private final PciAccess access;
    private final PciAddress address;

    /** The space of the function at {@code address}. */
    public ConfigSpace(PciAccess access, PciAddress address) {
        this.access = access;
        this.address = address;
    }

    /** Where the function is. */
    public PciAddress address() {
        return address;
    }

    /** The byte at {@code offset}, 0 to 255. */
    public int read8(int offset) {
        return access.read(address, offset, 1) & 0xff;
    }

    /** The two bytes at {@code offset}, 0 to 65 535. */
    public int read16(int offset) {
        return access.read(address, offset, 2) & 0xffff;
    }

    /** The four bytes at {@code offset}. */
    public int read32(int offset) {
        return access.read(address, offset, 4);
    }

    /** Writes a byte. */
    public void write8(int offset, int value) {
        access.write(address, offset, 1, value & 0xff);
    }

    /** Writes two bytes. */
    public void write16(int offset, int value) {
        access.write(address, offset, 2, value & 0xffff);
    }

    /** Writes four bytes. */
    public void write32(int offset, int value) {
        access.write(address, offset, 4, value);
    }

    /** Nothing answers at this address. */
    public boolean isGone() {
        return read32(ID) == -1;
    }

    /**
     * Sets and clears bits of the command register. The read afterwards is answered after every transfer that the function had begun, so with
     * {@link #COMMAND_MASTER} cleared nothing more arrives in memory. PCI Local Bus 3.0, 3.2.5.
     */
    public void command(int set, int clear) {
        int old = read16(COMMAND);
        int wanted = old & ~clear | set;
        if (wanted != old) {
            write16(COMMAND, wanted);
            read16(COMMAND);
        }
    }
}
