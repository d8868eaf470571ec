package net.hw.fxmac;

/** MDIO frames of clause 22 in {@link Fxmac#PHYMNTNC}: start 01, operation 29:28, PHY 27:23, register 22:18, 10, data 15:0. IEEE 802.3, 22.2.4.5. */
public final class Mdio {
    /** Highest PHY address, and highest register. */
    public static final int MAX = 31;
    /** What is read where no PHY answers. */
    public static final int NOBODY = 0xffff;
    /** Start of a clause 22 frame. */
    public static final int START = 1 << 30;
    /** The operation is a read. */
    public static final int READ = 1 << 29;
    /** The operation is a write. */
    public static final int WRITE = 1 << 28;
    private static final int TURNAROUND = 1 << 17;

    private Mdio() {
    }

    /** The frame that reads a register. */
    public static int read(int phy, int register) {
        return START | READ | phy << 23 | register << 18 | TURNAROUND;
    }

    /** The frame that writes a register. */
    public static int write(int phy, int register, int value) {
        return START | WRITE | phy << 23 | register << 18 | TURNAROUND | value & 0xffff;
    }

    /** PHY address in a frame. */
    public static int phy(int frame) {
        return frame >>> 23 & MAX;
    }

    /** Register in a frame. */
    public static int register(int frame) {
        return frame >>> 18 & MAX;
    }

    /** Data in a frame. */
    public static int data(int frame) {
        return frame & 0xffff;
    }
}
