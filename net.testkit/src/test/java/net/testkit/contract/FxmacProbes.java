package net.testkit.contract;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import net.api.EthernetAddress;
import net.api.LinkState;
import net.api.device.DmaMemory;
import net.api.device.Mmio;
import net.hw.fxmac.ClockSelect;
import net.hw.fxmac.Counter;
import net.hw.fxmac.DmaConfig;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.HighSpeed;
import net.hw.fxmac.Irq;
import net.hw.fxmac.Mdio;
import net.hw.fxmac.NetworkConfig;
import net.hw.fxmac.NetworkControl;
import net.hw.fxmac.Pcs;
import net.hw.fxmac.Phy;
import net.hw.fxmac.PhyInterface;
import net.hw.fxmac.RxBd;
import net.hw.fxmac.TxBd;
import net.hw.fxmac.TxStatus;
import net.hw.fxmac.Usx;
import net.testkit.Await;
import net.testkit.CableEnd;

/** Whether a device does what a GEM may leave out: each question is asked of one that was just set up, with frames and registers. */
final class FxmacProbes {
    private static final int PHY = 7;
    private static final int TX = 4096;
    private static final int FRAMES = 8192;
    private static final int CONTROL = NetworkControl.MDIO | NetworkControl.TX | NetworkControl.RX;
    private static final EthernetAddress OWN = EthernetAddress.parse(GemCards.MAC);

    private final Mmio window;
    private final DmaMemory memory;
    private final CableEnd cable;
    private final MemorySegment m;
    private final Map<String, Boolean> answers = new LinkedHashMap<>();

    /** @param memory 64 KiB for descriptors and buffers */
    FxmacProbes(Mmio window, DmaMemory memory, CableEnd cable) {
        this.window = window;
        this.memory = memory;
        this.cable = cable;
        m = memory.segment();
    }

    /** Of an SGMII MAC with a PHY at 1000 Mb/s. */
    Map<String, Boolean> run() {
        // First, before anything has set the clocks up.
        ask("frames pass only if clock and SerDes selects fit the interface and its speed", this::clocks);
        ask("the 8b/10b PCS has a link, and the partner's ability", this::pcs);
        ask("counters are cleared by reading them", this::counters);
        ask("interrupt status is cleared by writing ones, and by that alone", this::interrupts);
        ask("with tail pointers the device looks no further than to where they point", this::tails);
        ask("pause frames are sent when software says so", this::pauseSent);
        ask("pause frames are heard", this::pauseHeard);
        ask("received checksums are compared, and frames with wrong ones dropped", this::checksums);
        ask("octets are counted, their low half in the lower register", this::octets);
        ask("groups that do not begin with 01 are counted as groups", this::groups);
        ask("frames of a type that is to be matched are let in", this::types);
        ask("the PHY is a YT8521 with its own status", () -> (mdio(Phy.ID1) << 16 | mdio(Phy.ID2)) == Phy.YT8521
                && Phy.yt8521Speed(mdio(Phy.YT8521_STATUS)) == 1000);
        ask("negotiation takes time", this::negotiation);
        return answers;
    }

    /** Of one whose PHY's partner offers less. */
    Map<String, Boolean> slow(LinkState link) {
        ask("links of %d Mb/s %s duplex are negotiated".formatted(link.speedMbps(), link.fullDuplex() ? "full" : "half"), () -> {
            Await.until("negotiated", () -> (mdio(Phy.STATUS) & Phy.AUTONEG_DONE) != 0);
            return mdio(Phy.GIGABIT_STATUS) == 0 && (mdio(Phy.PARTNER) & (Phy.FULL_100 | Phy.HALF_100 | Phy.FULL_10 | Phy.HALF_10)) == Phy.HALF_100;
        });
        return answers;
    }

    /** Of one with a 64b/66b PCS. */
    Map<String, Boolean> usx() {
        ask("the 64b/66b PCS locks when it was started for 10 Gb/s", () -> {
            int value = HighSpeed.code(10_000) << Usx.SPEED_SHIFT | Usx.SERDES_10G | Usx.TX;
            window.write32(Fxmac.USXCTRL.offset(), value | Usx.RX_RESET);
            boolean early = (window.read32(Fxmac.USXSR.offset()) & Usx.BLOCK_LOCK) != 0;
            window.write32(Fxmac.USXCTRL.offset(), value | Usx.SIGNAL_OK);
            return !early && (window.read32(Fxmac.USXSR.offset()) & Usx.BLOCK_LOCK) != 0;
        });
        return answers;
    }

    private void ask(String what, BooleanSupplier probe) {
        prepare();
        answers.put(what, probe.getAsBoolean());
        write(Fxmac.NWCTRL, 0);
    }

    private int read(Fxmac r) {
        return window.read32(r.offset());
    }

    private void write(Fxmac r, int value) {
        window.write32(r.offset(), value);
    }

    private boolean isPhytium() {
        return window.size() >= Fxmac.WINDOW;
    }

    /** A ring of one transmit descriptor and of four receive descriptors; one used descriptor for each of the others. */
    private void prepare() {
        write(Fxmac.NWCTRL, NetworkControl.MDIO);
        write(Fxmac.NWCFG, NetworkConfig.FULL_DUPLEX | NetworkConfig.GIGABIT | NetworkConfig.REMOVE_FCS | (isPhytium() ? NetworkConfig.PCS | NetworkConfig.SGMII : 0));
        write(Fxmac.DMACR, DmaConfig.ADDRESS_64 | DmaConfig.BURST_16 | DmaConfig.ALL_RX_MEMORY | DmaConfig.ALL_TX_MEMORY | 16 << DmaConfig.SIZE_SHIFT);
        for (int q = 0; q < 4; q++) {
            TxBd.setUsed(m, TX + 128L * q, TxBd.WRAP);
            for (int i = 0; i < 4; i++) {
                RxBd.give(m, 128L * q + 16L * i, memory.iova(FRAMES + 4096 + 1024 * (4 * q + i)), i == 3 ? RxBd.WRAP : 0);
            }
        }
        write(Fxmac.TXQBASEHI, (int) (memory.iova(0) >>> 32));
        write(Fxmac.RXQBASEHI, (int) (memory.iova(0) >>> 32));
        write(Fxmac.TXQBASE, (int) memory.iova(TX));
        write(Fxmac.RXQBASE, (int) memory.iova(0));
        for (int q = 1; q < 4; q++) {
            window.write32(Fxmac.QTXBASE.at(q - 1), (int) memory.iova(TX + 128 * q));
            window.write32(Fxmac.QRXBASE.at(q - 1), (int) memory.iova(128 * q));
            window.write32(Fxmac.QRXSIZE.at(q - 1), 16);
        }
        long onTheWire = Long.reverseBytes(OWN.bits()) >>> 16;
        write(Fxmac.SAB, (int) onTheWire);
        write(Fxmac.SAT, (int) (onTheWire >>> 32));
        write(Fxmac.NWCTRL, CONTROL);
        Await.until("a link", () -> (mdio(Phy.STATUS) & Phy.LINK) != 0);
    }

    private void selectClocks() {
        if (isPhytium()) {
            ClockSelect.of(PhyInterface.SGMII, 1000).forEach(w -> window.write32(w.register().offset(), w.value()));
            write(Fxmac.HSMAC, HighSpeed.code(1000));
        }
    }

    private int mdio(int register) {
        write(Fxmac.PHYMNTNC, Mdio.read(PHY, register));
        Await.until("MDIO is idle", () -> (read(Fxmac.NWSR) & Fxmac.NWSR_MDIO_IDLE) != 0);
        return Mdio.data(read(Fxmac.PHYMNTNC));
    }

    private static byte[] frame(EthernetAddress to, int length, int type) {
        byte[] f = new byte[length];
        for (int i = 0; i < 6; i++) {
            f[i] = (byte) (to.bits() >>> 40 - 8 * i);
        }
        f[6] = 2;
        f[12] = (byte) (type >>> 8);
        f[13] = (byte) type;
        return f;
    }

    /** Gives a frame of that length to the device; true if it is done with it, false if it looked and left it. */
    private boolean transmit(int length) {
        MemorySegment.copy(frame(Frames.PEER, length, 0x88b5), 0, m, ValueLayout.JAVA_BYTE, FRAMES, length);
        write(Fxmac.TXSR, TxStatus.CLEARABLE);
        TxBd.give(m, TX, memory.iova(FRAMES), length, TxBd.LAST | TxBd.WRAP);
        write(Fxmac.NWCTRL, CONTROL | NetworkControl.START_TX);
        Await.until("it has looked", () -> (read(Fxmac.TXSR) & TxStatus.USED) != 0);
        return (TxBd.wordAcquire(m, TX) & TxBd.USED) != 0;
    }

    /** Length of what comes out next. */
    private int out() {
        return cable.receive(20_000_000_000L).orElseThrow().length;
    }

    /** Puts a frame on the cable and one behind it that always passes; true if the first one came into the first queue. */
    private boolean comesIn(byte[] frame) {
        cable.send(frame, 1_000_000_000L);
        cable.send(frame(OWN, 77, 0x88b5), 1_000_000_000L);
        Await.until("the last of them", () -> length(0) == 77 || length(1) == 77);
        return length(0) != 77;
    }

    private int length(int descriptor) {
        long word = RxBd.wordAcquire(m, 16L * descriptor);
        return (word & RxBd.USED) == 0 ? 0 : RxBd.length(word, RxBd.LENGTH_MASK);
    }

    // ---- the questions ----

    private boolean clocks() {
        transmit(100);
        selectClocks();
        transmit(200);
        boolean firstLost = out() == 200;
        return firstLost || out() != 200;
    }

    private boolean pcs() {
        write(Fxmac.PCSCTRL, Pcs.AUTONEG);
        return (read(Fxmac.PCSSR) & Pcs.LINK) != 0 && (read(Fxmac.PCSLPA) & Pcs.PARTNER_LINK) != 0 && Pcs.speed(read(Fxmac.PCSLPA)) == 1000;
    }

    private boolean counters() {
        window.read32(Counter.TX_FRAMES.offset());
        transmit(100);
        out();
        return window.read32(Counter.TX_FRAMES.offset()) == 1 && window.read32(Counter.TX_FRAMES.offset()) == 0;
    }

    private boolean interrupts() {
        write(Fxmac.IER, Irq.TX_COMPLETE);
        transmit(100);
        out();
        boolean stays = (read(Fxmac.ISR) & read(Fxmac.ISR) & Irq.TX_COMPLETE) != 0;
        write(Fxmac.ISR, Irq.TX_COMPLETE);
        write(Fxmac.IDR, Irq.ALL);
        return stays && (read(Fxmac.ISR) & Irq.TX_COMPLETE) == 0;
    }

    private boolean tails() {
        if (!isPhytium()) {
            return false;
        }
        write(Fxmac.TAILENABLE, Fxmac.TAIL_ON);
        write(Fxmac.TAILPTR, Fxmac.TAIL_VALID);
        boolean sent = transmit(100);
        write(Fxmac.TAILENABLE, 0);
        return !sent && transmit(100) && out() == 100;
    }

    private boolean pauseSent() {
        write(Fxmac.NWCTRL, CONTROL | NetworkControl.SEND_PAUSE);
        transmit(100);
        byte[] first = cable.receive(20_000_000_000L).orElseThrow();
        boolean pause = first[12] == (byte) 0x88 && first[13] == 8;
        return pause && out() == 100;
    }

    private boolean pauseHeard() {
        byte[] pause = frame(EthernetAddress.parse("01:80:c2:00:00:01"), 60, 0x8808);
        pause[15] = 1;
        window.read32(Counter.RX_PAUSE.offset());
        comesIn(pause);
        return window.read32(Counter.RX_PAUSE.offset()) == 1;
    }

    private boolean checksums() {
        write(Fxmac.NWCFG, read(Fxmac.NWCFG) | NetworkConfig.RX_CHECKSUM);
        byte[] wrong = Udp.frame(OWN, new byte[20], true);
        wrong[44] ^= 1;
        return !comesIn(wrong);
    }

    private boolean octets() {
        window.read32(Counter.TX_OCTETS_LOW.offset());
        int before = window.read32(Counter.TX_OCTETS_LOW.offset());
        transmit(100);
        out();
        return window.read32(Counter.TX_OCTETS_LOW.offset()) - before >= 100;
    }

    private boolean groups() {
        write(Fxmac.HASHL, -1);
        write(Fxmac.HASHH, -1);
        write(Fxmac.NWCFG, read(Fxmac.NWCFG) | NetworkConfig.MULTICAST_HASH);
        window.read32(Counter.RX_MULTICAST.offset());
        int before = window.read32(Counter.RX_MULTICAST.offset());
        return comesIn(frame(EthernetAddress.parse("33:33:00:00:00:01"), 60, 0x88b5)) && window.read32(Counter.RX_MULTICAST.offset()) - before == 1;
    }

    private boolean types() {
        write(Fxmac.MATCH, Fxmac.MATCH_ON | 0x88b6);
        boolean in = comesIn(frame(Frames.PEER, 60, 0x88b6));
        write(Fxmac.MATCH, 0);
        return in;
    }

    private boolean negotiation() {
        write(Fxmac.PHYMNTNC, Mdio.write(PHY, Phy.CONTROL, mdio(Phy.CONTROL) | Phy.RESTART));
        Await.until("MDIO is idle", () -> (read(Fxmac.NWSR) & Fxmac.NWSR_MDIO_IDLE) != 0);
        return (mdio(Phy.STATUS) & Phy.AUTONEG_DONE) == 0;
    }
}
