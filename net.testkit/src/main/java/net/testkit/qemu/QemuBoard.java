package net.testkit.qemu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** A machine of QEMU, and the network devices on it. */
public enum QemuBoard {
    /** A PC with PCI Express; cards are {@code virtio-net-pci}. */
    Q35("qemu-system-x86_64", "qemu-system-x86", 16),
    /** Zynq-7000 with Cortex-A9; cards are Cadence GEMs. Memory map: Zynq-7000 TRM (UG585), table 4-7; interrupts: table 7-4, from 32 on. */
    ZYNQ("qemu-system-arm", "qemu-system-arm", 2, "xilinx-zynq-a9", "a9mpcore_priv", List.of("xlnx,zynq-gem", "cdns,gem"), 0xe000_b000L, 0x1000, 22, 23),
    /**
     * Zynq UltraScale+ on the board ZCU102; cards are Cadence GEMs. Memory map and interrupts: Zynq UltraScale+ TRM (UG1085), tables 10-2 and 13-1,
     * from 32 on.
     */
    ZCU102("qemu-system-aarch64", "qemu-system-arm", 4, "xlnx-zcu102", "arm_gic", List.of("xlnx,zynqmp-gem", "cdns,gem"), 0xff0b_0000L, 0x1_0000, 57, 2);

    /** wfi; b to itself - 4: ARM Architecture Reference Manual, A32 encodings. */
    private static final int[] SLEEP_A32 = {0xe320_f003, 0xeaff_fffd};
    /** The same in A64 encodings. */
    private static final int[] SLEEP_A64 = {0xd503_207f, 0x17ff_ffff};

    private final String binary;
    private final String packageName;
    private final int cards;
    private final String machine;
    private final String controller;
    private final List<String> compatible;
    private final long base;
    private final long stride;
    private final int line;
    private final int lineStride;

    QemuBoard(String binary, String packageName, int cards) {
        this(binary, packageName, cards, "q35", "", List.of(), 0, 0, 0, 0);
    }

    QemuBoard(String binary, String packageName, int cards, String machine, String controller, List<String> compatible, long base, long stride, int line,
            int lineStride) {
        this.binary = binary;
        this.packageName = packageName;
        this.cards = cards;
        this.machine = machine;
        this.controller = controller;
        this.compatible = compatible;
        this.base = base;
        this.stride = stride;
        this.line = line;
        this.lineStride = lineStride;
    }

    /** File name of the emulator. */
    public String binary() {
        return binary;
    }

    /** Debian's package with it. */
    public String packageName() {
        return packageName;
    }

    /** Most cards. */
    public int maxCards() {
        return cards;
    }

    /** Its cards are platform devices; else PCI functions. */
    public boolean isPlatform() {
        return this != Q35;
    }

    String machine() {
        return machine;
    }

    /** QEMU's type of the interrupt controller. */
    String controller() {
        return controller;
    }

    List<String> compatible() {
        return compatible;
    }

    /** Where the registers of card {@code i} are. */
    long base(int i) {
        return base + i * stride;
    }

    /** Input of the interrupt controller that card {@code i} is wired to. */
    int line(int i) {
        return line + i * lineStride;
    }

    /** What the processor sleeps in: a program at address 0, or a firmware whose only instructions, at the reset vector, are cli; hlt; jmp back to hlt. */
    byte[] rom() {
        if (isPlatform()) {
            ByteBuffer program = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            Arrays.stream(this == ZYNQ ? SLEEP_A32 : SLEEP_A64).forEach(program::putInt);
            return program.array();
        }
        byte[] rom = new byte[64 << 10];
        Arrays.fill(rom, (byte) 0xf4);
        byte[] reset = {(byte) 0xfa, (byte) 0xf4, (byte) 0xeb, (byte) 0xfd};
        System.arraycopy(reset, 0, rom, 0xfff0, reset.length);
        return rom;
    }
}
