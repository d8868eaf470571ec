package net.hw.fxmac;

import static net.api.driver.Access.RO;
import static net.api.driver.Access.RW;
import static net.api.driver.Access.W1C;
import static net.api.driver.Access.WO;

import net.api.driver.Access;
import net.api.driver.Register;

/**
 * The registers, each 32 bits wide, offsets from the start of the window; the counters are in {@link Counter}. TRM B.18; those behind 0x0a80 are of the
 * high-speed
 * GEM (UG1087) and of Phytium. Queue 0 has registers of its own; in those of the further queues number 0 is queue 1.
 */
public enum Fxmac implements Register {
    NWCTRL(0x000, RW, "network control: NetworkControl"),
    NWCFG(0x004, RW, "network configuration: NetworkConfig"),
    NWSR(0x008, RO, "network status: PCS link 0, MDIO in 1, MDIO idle 2"),
    DMACR(0x010, RW, "DMA configuration: DmaConfig"),
    TXSR(0x014, W1C, "transmit status: TxStatus"),
    RXQBASE(0x018, RW, "receive queue 0: low half of the descriptors' address"),
    TXQBASE(0x01c, RW, "transmit queue 0: low half of the descriptors' address"),
    RXSR(0x020, W1C, "receive status: RxStatus"),
    /** Reads clear it or writes do: {@link DesignConfig#CLEAR_ON_READ}. Marked as the one that keeps it out of dumps. */
    ISR(0x024, Access.RC, "interrupt status: Irq"),
    IER(0x028, WO, "interrupts to enable: Irq"),
    IDR(0x02c, WO, "interrupts to disable: Irq"),
    IMR(0x030, RO, "interrupts that are disabled: Irq"),
    PHYMNTNC(0x034, RW, "MDIO frame: Mdio"),
    RXPAUSE(0x038, RO, "pause time received, in units of 512 bit times"),
    TXPAUSE(0x03c, RW, "pause time to send, in units of 512 bit times"),
    TXPARTIAL(0x040, RW, "transmit partial store and forward"),
    RXPARTIAL(0x044, RW, "receive partial store and forward"),
    JUMBOMAX(0x048, RW, "longest frame while jumbo frames are on, in bytes"),
    HSMAC(0x050, RW, "speed of the high-speed MAC: HighSpeed"),
    AXICTRL(0x054, RW, "requests under way on the bus"),
    RXWATERMARK(0x07c, RW, "receive memory fill at which pause frames start and stop"),
    HASHL(0x080, RW, "address hash, bits 0 to 31"),
    HASHH(0x084, RW, "address hash, bits 32 to 63"),
    /** Bottom of the four specific addresses: bytes 0 to 3, first one lowest. Writing it switches the filter off. */
    SAB(0x088, 8, 4, RW, "specific address, bytes 0 to 3"),
    /** Top of the four specific addresses: bytes 4 and 5. Writing it switches the filter on. */
    SAT(0x08c, 8, 4, RW, "specific address, bytes 4 and 5"),
    MATCH(0x0a8, 4, 4, RW, "type id to match, enabled by bit 31"),
    STRETCH(0x0bc, RW, "inter-packet gap stretch"),
    REVISION(0x0fc, RO, "fix 31:28, module id 27:16, revision 15:0"),
    PCSCTRL(0x200, RW, "PCS control: Pcs"),
    PCSSR(0x204, RO, "PCS status: Pcs"),
    PCSLPA(0x214, RO, "PCS ability of the link partner: Pcs"),
    DCFG1(0x280, RO, "design configuration 1: DesignConfig"),
    DCFG2(0x284, RO, "design configuration 2"),
    DCFG3(0x288, RO, "design configuration 3"),
    DCFG4(0x28c, RO, "design configuration 4"),
    DCFG5(0x290, RO, "design configuration 5"),
    DCFG6(0x294, RO, "design configuration 6: DesignConfig"),
    DCFG7(0x298, RO, "design configuration 7"),
    DCFG8(0x29c, RO, "design configuration 8: DesignConfig"),
    QISR(0x400, 4, 7, Access.RC, "interrupt status of queues 1 to 7: Irq"),
    QTXBASE(0x440, 4, 7, RW, "transmit queues 1 to 7: low half of the descriptors' address"),
    QRXBASE(0x480, 4, 7, RW, "receive queues 1 to 7: low half of the descriptors' address"),
    QRXSIZE(0x4a0, 4, 7, RW, "receive queues 1 to 7: bytes of a buffer, in units of 64"),
    TXQBASEHI(0x4c8, RW, "high half of the transmit descriptors' addresses, of all queues"),
    RXQBASEHI(0x4d4, RW, "high half of the receive descriptors' addresses, of all queues"),
    SCREEN1(0x500, 4, 16, RW, "screener type 1: Screener"),
    SCREEN2(0x540, 4, 16, RW, "screener type 2: Screener"),
    SRAMALLOC(0x5a0, RW, "segments of transmit memory of the queues"),
    QIER(0x600, 4, 7, WO, "interrupts of queues 1 to 7 to enable: Irq"),
    QIDR(0x620, 4, 7, WO, "interrupts of queues 1 to 7 to disable: Irq"),
    QIMR(0x640, 4, 7, RO, "interrupts of queues 1 to 7 that are disabled: Irq"),
    COMPAREVALUE(0x700, 8, 32, RW, "screener compare: value 31:16, mask 15:0"),
    COMPAREPLACE(0x704, 8, 32, RW, "screener compare: where: Screener"),
    USXCTRL(0xa80, RW, "USXGMII control: Usx"),
    USXSR(0xa88, RO, "USXGMII status: Usx"),
    TAILENABLE(0xe7c, RW, "tail pointers: 0x80000001 enables"),
    TAILPTR(0xe80, 4, 4, RW, "tail of a transmit queue: bit 31 valid, index"),
    SRCSEL(0x1c04, RW, "clock source"),
    DIVSEL0(0x1c08, RW, "clock divider 0"),
    DIVSEL1(0x1c0c, RW, "clock divider 1"),
    PMAPOWER(0x1c10, RW, "SerDes transceiver power state"),
    SPEEDMODE(0x1c14, RW, "speed mode"),
    MIISELECT(0x1c18, RW, "MII select"),
    MIIONRGMII(0x1c1c, RW, "MII on RGMII"),
    TXCLKSEL0(0x1c20, RW, "transmit clock 0"),
    TXCLKSEL1(0x1c24, RW, "transmit clock 1"),
    TXCLKSEL2(0x1c28, RW, "transmit clock 2"),
    TXCLKSEL3(0x1c2c, RW, "transmit clock 3"),
    RXCLKSEL0(0x1c30, RW, "receive clock 0"),
    RXCLKSEL1(0x1c34, RW, "receive clock 1"),
    CLK250DIV(0x1c38, RW, "250 MHz clock divided by 10 or 100"),
    RXCLKSEL5(0x1c48, RW, "receive clock 5"),
    TXCLKSEL30(0x1c70, RW, "transmit clock 3, SGMII"),
    TXCLKSEL40(0x1c74, RW, "transmit clock 4, SGMII"),
    RXCLKSEL30(0x1c78, RW, "receive clock 3, SGMII"),
    RXCLKSEL40(0x1c7c, RW, "receive clock 4, SGMII"),
    RGMIITXCLKSEL0(0x1c80, RW, "RGMII transmit clock 0"),
    RGMIITXCLKSEL1(0x1c84, RW, "RGMII transmit clock 1"),
    PHYINTENABLE(0x1c88, RW, "interrupts of the PHY's pin to enable"),
    PHYINTCLEAR(0x1c8c, WO, "interrupts of the PHY's pin to clear"),
    PHYINTSTATE(0x1c90, RO, "interrupts of the PHY's pin");

    /** Bytes of the window on Phytium's processors; a plain GEM has at least {@link #GEM_WINDOW}. */
    public static final int WINDOW = 0x2000;
    /** Bytes of the window that a GEM needs at least: up to its compare registers. */
    public static final int GEM_WINDOW = 0x800;
    /** First offset that only Phytium's MAC has, but for USXCTRL and USXSR. */
    public static final int PHYTIUM = 0xe00;
    /** Most queues each way that a driver uses. */
    public static final int MAX_QUEUES = 4;
    /** Most queues each way that a device has. */
    public static final int QUEUES = 8;
    /** {@link #MATCH} bit 31: frames of the type are received, whoever they are for. */
    public static final int MATCH_ON = 1 << 31;
    /** {@link #TXPARTIAL} and {@link #RXPARTIAL} bit 31: frames are passed on before they are whole. */
    public static final int PARTIAL_ON = 1 << 31;
    /** {@link #TXPAUSE}: the longest pause. */
    public static final int LONGEST_PAUSE = 0xffff;
    /** {@link #NWSR} bit 0: the PCS has a link. */
    public static final int NWSR_PCS_LINK = 1;
    /** {@link #NWSR} bit 2: the last MDIO frame is done. */
    public static final int NWSR_MDIO_IDLE = 1 << 2;
    /** {@link #TAILENABLE}: on. */
    public static final int TAIL_ON = 0x8000_0001;
    /** {@link #TAILPTR} bit 31: the index is valid. */
    public static final int TAIL_VALID = 1 << 31;
    /** {@link #RXQBASE} and the like, bit 0: the queue is not used. */
    public static final int QUEUE_OFF = 1;
    /** Module id of Phytium's MAC: {@link #moduleId}. */
    public static final int PHYTIUM_ID = 12;
    /** Smallest module id of a GEM; below is a MACB, another register map. */
    public static final int FIRST_GEM_ID = 2;

    private final int offset;
    private final int stride;
    private final int count;
    private final Access access;
    private final String meaning;

    Fxmac(int offset, Access access, String meaning) {
        this(offset, 0, 1, access, meaning);
    }

    Fxmac(int offset, int stride, int count, Access access, String meaning) {
        this.offset = offset;
        this.stride = stride;
        this.count = count;
        this.access = access;
        this.meaning = meaning;
    }

    /** Module id in {@link #REVISION}. */
    public static int moduleId(int revision) {
        return revision >>> 16 & 0xfff;
    }

    /** Only Phytium's MAC and our model have it. */
    public boolean isPhytium() {
        return offset >= PHYTIUM;
    }

    @Override
    public int offset() {
        return offset;
    }

    @Override
    public int width() {
        return 4;
    }

    @Override
    public int stride() {
        return stride;
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public Access access() {
        return access;
    }

    @Override
    public String meaning() {
        return meaning;
    }
}
