package net.testkit.contract;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import net.api.EthernetAddress;
import net.api.device.DmaMemory;
import net.api.device.Mmio;
import net.hw.fxmac.Counter;
import net.hw.fxmac.DmaConfig;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.Irq;
import net.hw.fxmac.NetworkConfig;
import net.hw.fxmac.NetworkControl;
import net.hw.fxmac.RxBd;
import net.hw.fxmac.Screener;
import net.hw.fxmac.TxBd;
import net.testkit.Await;
import net.testkit.CableEnd;

/** The second half of the script: counters, frames beyond 1518 bytes, screeners, and interrupts of the further queues. */
final class FxmacQueueScript extends GemAccess {
    private static final int QUEUES = 4;
    private static final int TX = 4096;
    private static final int FRAMES = 8192;
    private static final int BUFFERS = 16_384;
    /** Bytes of a receive buffer. */
    private static final int ROOM = 1024;
    private static final byte[] BROADCAST = {-1, -1, -1, -1, -1, -1};
    /** A group of IPv4, as the only groups that QEMU counts. */
    private static final byte[] IPV4_GROUP = {1, 0, 0x5e, 0, 0, 5};
    /** In the middle of each counter's sizes: QEMU counts without the check sequence. */
    private static final int[] LENGTHS = {60, 100, 200, 400, 800, 1200};

    private final MemorySegment m;

    /** @param memory 64 KiB for descriptors and buffers */
    FxmacQueueScript(Mmio window, DmaMemory memory, CableEnd cable) {
        super(window, memory, cable);
        m = memory.segment();
        for (int q = 1; q < QUEUES; q++) {
            // QEMU takes the size of queue 0 for all.
            write(Fxmac.QRXSIZE, q - 1, ROOM / DmaConfig.SIZE_UNIT);
        }
        acting = true;
    }

    @Override
    Map<String, String> run() {
        prepare();
        counters();
        jumbo();
        screeners();
        interrupts();
        write(Fxmac.NWCTRL, 0);
        return log;
    }

    /** A transmit descriptor, and four receive descriptors for queue 0, two for each other. */
    private void prepare() {
        write(Fxmac.NWCTRL, NetworkControl.MDIO);
        write(Fxmac.NWCFG, NetworkConfig.FULL_DUPLEX | NetworkConfig.GIGABIT | NetworkConfig.REMOVE_FCS);
        write(Fxmac.DMACR, DmaConfig.ADDRESS_64 | DmaConfig.BURST_16 | DmaConfig.ALL_RX_MEMORY | DmaConfig.ALL_TX_MEMORY
                | ROOM / DmaConfig.SIZE_UNIT << DmaConfig.SIZE_SHIFT);
        write(Fxmac.SAB, 0x1100_5452);
        write(Fxmac.SAT, 0x3322);
        write(Fxmac.TXQBASEHI, (int) (memory.iova(0) >>> 32));
        write(Fxmac.RXQBASEHI, (int) (memory.iova(0) >>> 32));
        write(Fxmac.TXQBASE, (int) memory.iova(TX));
        write(Fxmac.RXQBASE, (int) memory.iova(0));
        for (int q = 1; q < QUEUES; q++) {
            write(Fxmac.QTXBASE, q - 1, (int) memory.iova(TX + 128 * q));
            write(Fxmac.QRXBASE, q - 1, (int) memory.iova(128 * q));
        }
        for (int q = 0; q < QUEUES; q++) {
            TxBd.setUsed(m, TX + 128L * q, TxBd.WRAP);
        }
        listen();
    }

    /** All rings from their beginning, all descriptors empty. */
    private void listen() {
        write(Fxmac.NWCTRL, NetworkControl.MDIO);
        for (int q = 0; q < QUEUES; q++) {
            int n = q == 0 ? 4 : 2;
            for (int i = 0; i < n; i++) {
                RxBd.give(m, 128L * q + 16L * i, memory.iova(BUFFERS + ROOM * (4 * q + i)), i == n - 1 ? RxBd.WRAP : 0);
            }
            write(q == 0 ? Fxmac.RXQBASE : Fxmac.QRXBASE, Math.max(0, q - 1), (int) memory.iova(128 * q));
        }
        write(Fxmac.NWCTRL, control());
    }

    private long word(int queue, int i) {
        return RxBd.wordAcquire(m, 128L * queue + 16L * i);
    }

    /** The device has filled a descriptor. */
    private void arrives(byte[] frame, int queue, int descriptor) {
        cable.send(frame, 1_000_000_000L);
        Await.until("descriptor %d of queue %d".formatted(descriptor, queue), () -> (word(queue, descriptor) & RxBd.USED) != 0);
    }

    private void transmit(int queue, byte[] frame) {
        put(FRAMES, frame);
        TxBd.give(m, TX + 128L * queue, memory.iova(FRAMES), frame.length, TxBd.LAST | TxBd.WRAP);
        startTransmit();
    }

    // ---- counters ----

    /** By how much a counter grows, whether reading clears it or not. */
    private void counted(String what, Counter c, Runnable work) {
        read(c);
        int before = read(c);
        work.run();
        note("%s: %s".formatted(c, what), read(c) - before);
    }

    private void counters() {
        for (boolean out : new boolean[] {true, false}) {
            Counter[] c = out ? new Counter[] {Counter.TX_FRAMES, Counter.TX_BROADCAST, Counter.TX_MULTICAST, Counter.TX_64}
                    : new Counter[] {Counter.RX_FRAMES, Counter.RX_BROADCAST, Counter.RX_MULTICAST, Counter.RX_64};
            counted("frames", c[0], () -> pass(out, OWN, 100));
            counted("one to all", c[1], () -> pass(out, BROADCAST, 100));
            counted("one to a station", c[1], () -> pass(out, OWN, 100));
            counted("one to a group", c[2], () -> pass(out, IPV4_GROUP, 100));
            counted("one to all", c[2], () -> pass(out, BROADCAST, 100));
            for (int i = 0; i < LENGTHS.length; i++) {
                Counter bin = Counter.values()[c[3].ordinal() + i];
                int at = i;
                counted("of its size", bin, () -> pass(out, OWN, LENGTHS[at]));
                counted("of another size", bin, () -> pass(out, OWN, LENGTHS[(at + 1) % LENGTHS.length]));
            }
        }
    }

    private void pass(boolean out, byte[] to, int length) {
        if (out) {
            transmit(0, frame(to, length, length));
            comesOut();
        } else {
            write(Fxmac.HASHL, -1);
            write(Fxmac.HASHH, -1);
            write(Fxmac.NWCFG, read(Fxmac.NWCFG) | NetworkConfig.MULTICAST_HASH);
            listen();
            arrives(frame(to, length, length), 0, length > ROOM ? 1 : 0);
        }
    }

    // ---- lengths ----

    private void jumbo() {
        passes("1600 bytes, without jumbo frames", 1600);
        write(Fxmac.NWCFG, read(Fxmac.NWCFG) | NetworkConfig.RECEIVE_1536);
        passes("1525 bytes, with up to 1536", 1525);
        passes("1600 bytes, with up to 1536", 1600);
        write(Fxmac.JUMBOMAX, 1800);
        write(Fxmac.NWCFG, read(Fxmac.NWCFG) | NetworkConfig.JUMBO);
        passes("1600 bytes, with jumbo frames up to 1800", 1600);
        passes("1900 bytes, with jumbo frames up to 1800", 1900);
        counted("a jumbo frame", Counter.RX_1519_TO_MAX, () -> {
            listen();
            arrives(frame(OWN, 1600, 1), 0, 1);
        });
        counted("a jumbo frame", Counter.TX_1519_TO_MAX, () -> {
            transmit(0, frame(OWN, 1600, 1));
            note("a jumbo frame that is sent", comesOut());
        });
        write(Fxmac.NWCFG, read(Fxmac.NWCFG) & ~(NetworkConfig.JUMBO | NetworkConfig.RECEIVE_1536));
    }

    /** Whether a frame comes in, as the one behind it tells. */
    private void passes(String what, int length) {
        listen();
        cable.send(frame(OWN, length, 1), 1_000_000_000L);
        arrives(frame(OWN, 61, 2), 0, 0);
        int first = RxBd.length(word(0, 0), RxBd.LENGTH_MASK);
        if (first != 61) {
            Await.until("the rest", () -> (word(0, 2) & RxBd.USED) != 0);
        }
        note(what, first == 61 ? 0 : RxBd.length(word(0, 1), RxBd.LENGTH_MASK));
    }

    // ---- screeners ----

    /** Both bytes of the comparison are the same: QEMU takes the first one twice. */
    private void screeners() {
        byte[] equal = frame(OWN, 60, 3);
        equal[10] = 5;
        equal[11] = 5;
        byte[] other = frame(OWN, 60, 3);
        other[10] = 6;
        other[11] = 6;
        byte[] udp = Udp.frame(EthernetAddress.of(OWN), new byte[18], true);
        went("no screener", equal);
        write(Fxmac.COMPAREVALUE, 1, Screener.value(0x0505, 0xffff));
        write(Fxmac.COMPAREPLACE, 1, Screener.fromStart(10));
        write(Fxmac.SCREEN2, 2, Screener.compareA(2, 1));
        went("what screener type 2 compares", equal);
        went("what it compares, other bytes", other);
        write(Fxmac.COMPAREVALUE, 1, Screener.value(0x0a0a, 0x0f0f));
        went("what it compares, other bytes in the mask", equal);
        write(Fxmac.COMPAREVALUE, 1, Screener.value(0xf5f5, 0x0f0f));
        went("what it compares, other bytes outside the mask", equal);
        write(Fxmac.SCREEN1, 1, Screener.udpPort(3, 9));
        went("UDP to the port of screener type 1", udp);
        write(Fxmac.SCREEN1, 1, Screener.udpPort(3, 10));
        went("UDP to another port", udp);
        write(Fxmac.SCREEN1, 1, Screener.SERVICE | 3);
        went("the service of screener type 1", udp);
        write(Fxmac.SCREEN1, 1, Screener.SERVICE | 1 << 4 | 3);
        went("another service", udp);
        write(Fxmac.SCREEN1, 1, Screener.SERVICE | Screener.udpPort(3, 10));
        went("its service and another port", udp);
        write(Fxmac.SCREEN1, 1, 0);
    }

    /** The queue that a frame to this station goes to. */
    private void went(String what, byte[] frame) {
        listen();
        cable.send(frame, 1_000_000_000L);
        int[] queue = {-1};
        Await.until(what, () -> {
            for (int q = 0; q < QUEUES; q++) {
                queue[0] = (word(q, 0) & RxBd.USED) != 0 ? q : queue[0];
            }
            return queue[0] >= 0;
        });
        note("queue of " + what, queue[0]);
    }

    // ---- interrupts of the further queues ----

    private void interrupts() {
        write(Fxmac.IDR, Irq.ALL);
        for (int q = 1; q < QUEUES; q++) {
            write(Fxmac.QIDR, q - 1, Irq.ALL);
            write(Fxmac.QIER, q - 1, q == 1 ? Irq.TX_COMPLETE : Irq.TX_COMPLETE | Irq.RX_COMPLETE);
            read(Fxmac.QISR, q - 1);
        }
        write(Fxmac.IER, Irq.TX_COMPLETE);
        transmit(0, frame(GROUP, 100, 5));
        comesOut();
        write(Fxmac.ISR, -1);
        note("ISR after a frame was sent, and ones were written", read(Fxmac.ISR));
        transmit(1, frame(GROUP, 100, 4));
        comesOut();
        write(Fxmac.QISR, 0, -1);
        note("QISR of queue 1 after a frame was sent", read(Fxmac.QISR, 0));
        note("QISR of queue 1 read again", read(Fxmac.QISR, 0));
        note("QISR of queue 2 after that", read(Fxmac.QISR, 1));
        byte[] screened = frame(OWN, 60, 3);
        screened[10] = 5;
        screened[11] = 5;
        listen();
        read(Fxmac.QISR, 1);
        arrives(screened, 2, 0);
        note("QISR of queue 2 after a frame came", read(Fxmac.QISR, 1));
        write(Fxmac.QIDR, 1, Irq.RX_COMPLETE);
        listen();
        arrives(screened, 2, 0);
        note("QISR of queue 2 after one came whose interrupt is disabled", read(Fxmac.QISR, 1));
    }
}
