package net.testkit.contract;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import net.api.device.DmaMemory;
import net.api.device.Mmio;
import net.hw.fxmac.Counter;
import net.hw.fxmac.DmaConfig;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.Irq;
import net.hw.fxmac.Mdio;
import net.hw.fxmac.NetworkConfig;
import net.hw.fxmac.NetworkControl;
import net.hw.fxmac.Phy;
import net.hw.fxmac.RxBd;
import net.hw.fxmac.RxStatus;
import net.hw.fxmac.TxBd;
import net.testkit.Await;
import net.testkit.CableEnd;

/**
 * Accesses to a Cadence GEM with four queues, and frames both ways, by registers and descriptors alone. The same script runs on every device that
 * claims to be one.
 */
final class FxmacScript extends GemAccess {
    private static final int PHY = 7;
    private static final int FRAMES = 8192;
    private static final int TX = 4096;

    /** @param memory 64 KiB for descriptors and buffers */
    FxmacScript(Mmio window, DmaMemory memory, CableEnd cable) {
        super(window, memory, cable);
    }

    @Override
    Map<String, String> run() {
        afterReset();
        whatStays();
        acting = true;
        interrupts();
        mdio();
        transmit();
        receive();
        filters();
        loopback();
        return log;
    }

    private void afterReset() {
        for (Fxmac r : new Fxmac[] {Fxmac.NWCTRL, Fxmac.NWCFG, Fxmac.NWSR, Fxmac.DMACR, Fxmac.TXSR, Fxmac.RXQBASE, Fxmac.TXQBASE, Fxmac.RXSR, Fxmac.ISR,
                Fxmac.IMR,
            Fxmac.RXPAUSE, Fxmac.TXPAUSE, Fxmac.TXPARTIAL, Fxmac.RXPARTIAL, Fxmac.JUMBOMAX, Fxmac.HASHL, Fxmac.HASHH, Fxmac.SAB, Fxmac.SAT, Fxmac.STRETCH,
            Fxmac.DCFG1, Fxmac.DCFG2, Fxmac.DCFG5, Fxmac.DCFG6, Fxmac.QISR, Fxmac.QTXBASE, Fxmac.QRXBASE, Fxmac.TXQBASEHI, Fxmac.RXQBASEHI, Fxmac.QIMR}) {
            note(r.name() + " after reset", read(r));
        }
        note("module id is a GEM's", Fxmac.moduleId(read(Fxmac.REVISION)) >= Fxmac.FIRST_GEM_ID ? 1 : 0);
    }

    private void whatStays() {
        write(Fxmac.NWCTRL, NetworkControl.MDIO | NetworkControl.CLEAR_COUNTERS);
        note("NWCTRL keeps what it enables, not what it triggers", read(Fxmac.NWCTRL));
        int before = read(Fxmac.NWCFG);
        write(Fxmac.NWCFG, -1);
        note("NWCFG as written with ones", read(Fxmac.NWCFG));
        write(Fxmac.NWCFG, before);
        write(Fxmac.DMACR, DmaConfig.ADDRESS_64 | 0xff << DmaConfig.SIZE_SHIFT | DmaConfig.BURST_16 | DmaConfig.TX_CHECKSUM);
        note("DMACR as written", read(Fxmac.DMACR));
        for (Fxmac r : new Fxmac[] {Fxmac.HASHL, Fxmac.HASHH, Fxmac.TXQBASEHI, Fxmac.RXQBASEHI, Fxmac.TXPAUSE, Fxmac.MATCH, Fxmac.STRETCH, Fxmac.HSMAC,
                Fxmac.AXICTRL,
            Fxmac.RXWATERMARK, Fxmac.PCSCTRL, Fxmac.SRAMALLOC, Fxmac.QRXSIZE, Fxmac.COMPAREVALUE, Fxmac.COMPAREPLACE}) {
            write(r, 0x1234_5678);
            note(r.name() + " as written", read(r));
            write(r, 0);
        }
        write(Fxmac.RXQBASE, 0x1234_567f);
        note("RXQBASE has no lower bits", read(Fxmac.RXQBASE));
        write(Fxmac.JUMBOMAX, 10_258);
        note("JUMBOMAX as written", read(Fxmac.JUMBOMAX));
    }

    private void interrupts() {
        write(Fxmac.IDR, -1);
        note("IMR with everything disabled", read(Fxmac.IMR) & 0x07ff_ffff);
        write(Fxmac.IER, Irq.RX_COMPLETE | Irq.TX_COMPLETE);
        note("IMR with two enabled", read(Fxmac.IMR) & 0x07ff_ffff);
        write(Fxmac.QIDR, -1);
        write(Fxmac.QIER, Irq.TX_COMPLETE);
        note("QIMR with one enabled", read(Fxmac.QIMR) & 0x07ff_ffff);
    }

    private int mdio(int phy, int register) {
        write(Fxmac.PHYMNTNC, Mdio.read(phy, register));
        Await.until("MDIO is idle", () -> (read(Fxmac.NWSR) & Fxmac.NWSR_MDIO_IDLE) != 0);
        return Mdio.data(read(Fxmac.PHYMNTNC));
    }

    private void mdio() {
        note("PHY id 1", mdio(PHY, Phy.ID1));
        note("PHY id 2", mdio(PHY, Phy.ID2));
        note("nobody at PHY 3", mdio(3, Phy.ID1));
        note("PHY advertises", mdio(PHY, Phy.ADVERTISE));
        Await.until("a link", () -> (mdio(PHY, Phy.STATUS) & (Phy.LINK | Phy.AUTONEG_DONE)) == (Phy.LINK | Phy.AUTONEG_DONE));
        note("PHY has gigabit registers", mdio(PHY, Phy.STATUS) & Phy.EXTENDED);
        note("1000BASE-T full duplex at both ends", mdio(PHY, Phy.GIGABIT_CONTROL) & mdio(PHY, Phy.GIGABIT_STATUS) >>> 2 & Phy.FULL_1000);
        write(Fxmac.PHYMNTNC, Mdio.write(PHY, Phy.ADVERTISE, 0x0de1));
        note("PHY advertises as written", mdio(PHY, Phy.ADVERTISE));
    }

    /** A ring of four descriptors for queue 0, and one used descriptor for each of the others. */
    private void transmit() {
        MemorySegment m = memory.segment();
        write(Fxmac.NWCFG, NetworkConfig.FULL_DUPLEX | NetworkConfig.GIGABIT | NetworkConfig.REMOVE_FCS);
        write(Fxmac.DMACR, DmaConfig.ADDRESS_64 | DmaConfig.BURST_16 | DmaConfig.ALL_RX_MEMORY | DmaConfig.ALL_TX_MEMORY | 1 << DmaConfig.SIZE_SHIFT);
        for (int i = 0; i < 4; i++) {
            TxBd.setUsed(m, TX + 16L * i, i == 3 ? TxBd.WRAP : 0);
            TxBd.setUsed(m, TX + 256 + 16L * i, TxBd.WRAP);
            RxBd.setUsed(m, 16L * i, i == 3 ? RxBd.WRAP : 0);
            RxBd.setUsed(m, 256 + 16L * i, RxBd.WRAP);
        }
        write(Fxmac.TXQBASEHI, (int) (memory.iova(0) >>> 32));
        write(Fxmac.RXQBASEHI, (int) (memory.iova(0) >>> 32));
        write(Fxmac.TXQBASE, (int) memory.iova(TX));
        write(Fxmac.RXQBASE, (int) memory.iova(0));
        for (int q = 0; q < 3; q++) {
            write(Fxmac.QTXBASE, q, (int) memory.iova(TX + 256 + 16 * q));
            write(Fxmac.QRXBASE, q, (int) memory.iova(256 + 16 * q));
        }
        write(Fxmac.NWCTRL, NetworkControl.MDIO | NetworkControl.TX);
        write(Fxmac.NWCTRL, control());
        byte[] one = frame(GROUP, 100, 1);
        put(FRAMES, one);
        TxBd.give(m, TX, memory.iova(FRAMES), 100, TxBd.LAST);
        startTransmit();
        note("a frame of one descriptor", comesOut());
        note("its descriptor", (int) (TxBd.wordAcquire(m, TX) >>> 32));
        note("TXSR after it", read(Fxmac.TXSR));
        note("ISR after it", read(Fxmac.ISR) & (Irq.TX_COMPLETE | Irq.RX_COMPLETE));
        note("ISR read again", read(Fxmac.ISR));
        write(Fxmac.TXSR, 0x20);
        note("TXSR without what was written", read(Fxmac.TXSR));
        // Three descriptors, around the end of the ring, the first one given last.
        byte[] three = frame(GROUP, 300, 2);
        put(FRAMES + 512, three);
        TxBd.prepare(m, TX + 32, memory.iova(FRAMES + 512 + 90), 10, 0);
        TxBd.prepare(m, TX + 48, memory.iova(FRAMES + 512 + 100), 200, TxBd.LAST | TxBd.WRAP);
        TxBd.give(m, TX + 16, memory.iova(FRAMES + 512), 90, 0);
        startTransmit();
        note("a frame of three descriptors", comesOut());
        for (int i = 1; i < 4; i++) {
            note("descriptor " + i + " of it", (int) (TxBd.wordAcquire(m, TX + 16L * i) >>> 32));
        }
        TxBd.give(m, TX, memory.iova(FRAMES), 60, TxBd.LAST);
        startTransmit();
        note("a frame behind the end of the ring", comesOut());
        put(FRAMES + 1024, one);
        TxBd.give(m, TX + 256 + 16, memory.iova(FRAMES + 1024), 100, TxBd.LAST | TxBd.WRAP);
        startTransmit();
        note("a frame of queue 2", comesOut());
        note("descriptor of queue 2", (int) (TxBd.wordAcquire(m, TX + 256 + 16) >>> 32));
        byte[] udp = Udp.frame(Frames.PEER, new byte[] {1, 2, 3, 4, 5, 6, 7}, true);
        byte[] right = udp.clone();
        udp[24] = 0;
        udp[25] = 0;
        udp[40] = 0;
        udp[41] = 0;
        put(FRAMES + 1536, udp);
        write(Fxmac.DMACR, read(Fxmac.DMACR) | DmaConfig.TX_CHECKSUM);
        TxBd.give(m, TX + 16, memory.iova(FRAMES + 1536), udp.length, TxBd.LAST);
        startTransmit();
        byte[] sent = comesOut();
        note("checksums are filled in", java.util.Arrays.equals(sent, right) ? 1 : 0);
        write(Fxmac.DMACR, read(Fxmac.DMACR) & ~DmaConfig.TX_CHECKSUM);
        note("frames that were counted", read(Counter.TX_FRAMES));
        write(Fxmac.NWCTRL, NetworkControl.MDIO | NetworkControl.RX);
        write(Fxmac.NWCTRL, control());
        TxBd.give(m, TX, memory.iova(FRAMES), 60, TxBd.LAST);
        startTransmit();
        note("after transmission was off the first descriptor is next", comesOut());
    }

    private void post(int first, int n) {
        for (int i = first; i < first + n; i++) {
            RxBd.give(memory.segment(), 16L * (i & 3), memory.iova(FRAMES + 4096 + 1024 * (i & 3)), (i & 3) == 3 ? RxBd.WRAP : 0);
        }
        write(Fxmac.NWCTRL, control());
    }

    private void arrives(String what, byte[] frame, int... descriptors) {
        cable.send(frame, 1_000_000_000L);
        MemorySegment m = memory.segment();
        int last = descriptors[descriptors.length - 1];
        Await.until(what, () -> (RxBd.wordAcquire(m, 16L * last) & RxBd.USED) != 0);
        for (int d : descriptors) {
            note("%s: descriptor %d".formatted(what, d), (int) (RxBd.wordAcquire(m, 16L * d) >>> 32));
            note("%s: wrap and used of descriptor %d".formatted(what, d), (int) RxBd.wordAcquire(m, 16L * d) & 3);
            byte[] bytes = new byte[64];
            MemorySegment.copy(m, ValueLayout.JAVA_BYTE, FRAMES + 4096 + 1024 * d, bytes, 0, Math.min(64, frame.length));
            note("%s: first bytes in buffer %d".formatted(what, d), bytes);
        }
    }

    private void receive() {
        for (int i = 0; i < 2; i++) {
            write(i == 0 ? Fxmac.SAB : Fxmac.SAT, i == 0 ? 0x1100_5452 : 0x3322);
        }
        write(Fxmac.RXQBASE, (int) memory.iova(0));
        write(Fxmac.RXSR, 0xf);
        read(Fxmac.ISR);
        post(0, 4);
        arrives("a frame to its address", frame(OWN, 60, 3), 0);
        // Bit 0 is left out: QEMU looks at descriptors before a frame comes, those of unused queues too, and notes that they are used.
        note("RXSR after it", read(Fxmac.RXSR) & ~RxStatus.NO_BUFFER);
        note("ISR after a frame came", read(Fxmac.ISR) & (Irq.TX_COMPLETE | Irq.RX_COMPLETE));
        write(Fxmac.RXSR, 2);
        note("RXSR without what was written", read(Fxmac.RXSR) & ~RxStatus.NO_BUFFER);
        arrives("a frame in two buffers of 64 bytes, at the ring's end", frame(OWN, 100, 4), 1, 2);
        byte[] broadcast = {-1, -1, -1, -1, -1, -1};
        arrives("broadcast in the ring's last descriptor", frame(broadcast, 60, 5), 3);
        write(Fxmac.RXSR, 0xf);
        write(Fxmac.NWCFG, read(Fxmac.NWCFG) & ~NetworkConfig.REMOVE_FCS);
        post(0, 4);
        arrives("a frame with its check sequence", frame(OWN, 60, 6), 0);
        write(Fxmac.NWCFG, read(Fxmac.NWCFG) | NetworkConfig.REMOVE_FCS | 2 << NetworkConfig.OFFSET_SHIFT);
        arrives("a frame two bytes into its buffer", frame(OWN, 60, 7), 1);
        write(Fxmac.NWCFG, read(Fxmac.NWCFG) & ~(3 << NetworkConfig.OFFSET_SHIFT));
        post(0, 2);
    }

    /** What the filters let in: a frame for each, and then one that always passes, which tells where the first one went. */
    private void filters() {
        byte[] other = {2, 0, 0, 0, 0, 0x77};
        let("another's address", other, 0, 2);
        let("another's address, promiscuous", other, NetworkConfig.COPY_ALL, 3);
        let("a group", GROUP, 0, 0);
        write(Fxmac.HASHL, -1);
        write(Fxmac.HASHH, -1);
        let("a group whose hash bit is set", GROUP, NetworkConfig.MULTICAST_HASH, 1);
        let("another's address while groups are hashed", other, NetworkConfig.MULTICAST_HASH, 2);
        let("another's address whose hash bit is set", other, NetworkConfig.UNICAST_HASH, 3);
        write(Fxmac.SAB, 2, 0x0000_0002);
        write(Fxmac.SAT, 2, 0x7700);
        let("the third specific address", other, 0, 0);
        write(Fxmac.SAB, 2, 0x0000_0002);
        let("the third specific address, bottom written last", other, 0, 1);
    }

    private int at = 2;

    private void let(String what, byte[] to, int bits, int unused) {
        int config = read(Fxmac.NWCFG);
        write(Fxmac.NWCFG, config | bits);
        post(at, 4);
        MemorySegment m = memory.segment();
        cable.send(frame(to, 60, 100 + at), 1_000_000_000L);
        cable.send(frame(OWN, 61, 200 + at), 1_000_000_000L);
        int first = at & 3;
        Await.until(what, () -> (RxBd.wordAcquire(m, 16L * first) & RxBd.USED) != 0);
        int word = (int) (RxBd.wordAcquire(m, 16L * first) >>> 32);
        boolean passed = (word & 0x1fff) == 60;
        if (passed) {
            Await.until("the frame behind it", () -> (RxBd.wordAcquire(m, 16L * (first + 1 & 3)) & RxBd.USED) != 0);
        }
        note(what, passed ? word : 0);
        at += passed ? 2 : 1;
        write(Fxmac.NWCFG, config);
    }

    private void loopback() {
        MemorySegment m = memory.segment();
        write(Fxmac.NWCTRL, NetworkControl.MDIO | NetworkControl.RX);
        post(at, 4);
        put(FRAMES, frame(OWN, 90, 9));
        TxBd.give(m, TX, memory.iova(FRAMES), 64, TxBd.LAST);
        write(Fxmac.NWCTRL, control() | NetworkControl.LOOPBACK);
        write(Fxmac.NWCTRL, control() | NetworkControl.LOOPBACK | NetworkControl.START_TX);
        int first = at & 3;
        Await.until("the frame comes back", () -> (RxBd.wordAcquire(m, 16L * first) & RxBd.USED) != 0);
        note("a frame that is looped back", (int) (RxBd.wordAcquire(m, 16L * first) >>> 32));
        note("and nothing goes out", cable.receive(0).isPresent() ? 1 : 0);
        write(Fxmac.NWCTRL, 0);
    }
}
