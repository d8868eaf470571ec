package net.testkit.contract;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.zip.CRC32;
import net.api.device.DmaMemory;
import net.api.device.Mmio;
import net.hw.fxmac.Counter;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.NetworkControl;
import net.testkit.Await;
import net.testkit.CableEnd;

/** Registers, memory and cable of a Cadence GEM for a script, which notes what it sees, and which registers took part. */
abstract class GemAccess {
    static final byte[] OWN = {0x52, 0x54, 0, 0x11, 0x22, 0x33};
    static final byte[] GROUP = {0x33, 0x33, 0, 0, 0, 1};

    final Mmio window;
    final DmaMemory memory;
    final CableEnd cable;
    final Map<String, String> log = new LinkedHashMap<>();
    /** What was read and written by now took part in something; else it was only looked at, or kept what was written. */
    boolean acting;
    private final TreeSet<Integer> held = new TreeSet<>();
    private final TreeSet<Integer> touched = new TreeSet<>();

    GemAccess(Mmio window, DmaMemory memory, CableEnd cable) {
        this.window = window;
        this.memory = memory;
        this.cable = cable;
    }

    /** Everything that was seen, by what it is. */
    abstract Map<String, String> run();

    /** Offsets of the registers that were only looked at, or kept what was written. */
    final TreeSet<Integer> held() {
        return held;
    }

    /** Offsets of the registers that took part in something. */
    final TreeSet<Integer> touched() {
        return touched;
    }

    final int read(Fxmac r, int i) {
        (acting ? touched : held).add(r.at(i));
        return window.read32(r.at(i));
    }

    final int read(Fxmac r) {
        return read(r, 0);
    }

    final int read(Counter c) {
        touched.add(c.offset());
        return window.read32(c.offset());
    }

    final void write(Fxmac r, int value) {
        write(r, 0, value);
    }

    final void write(Fxmac r, int i, int value) {
        (acting ? touched : held).add(r.at(i));
        window.write32(r.at(i), value);
    }

    final void note(String what, int value) {
        put(what, "0x%08x".formatted(value));
    }

    final void note(String what, byte[] frame) {
        CRC32 crc = new CRC32();
        crc.update(frame);
        put(what, "%d bytes, CRC %08x".formatted(frame.length, crc.getValue()));
    }

    private void put(String what, String value) {
        if (log.put(what, value) != null) {
            throw new AssertionError(what + " is in the script twice");
        }
    }

    static byte[] frame(byte[] to, int length, int seed) {
        byte[] f = new byte[length];
        new java.util.Random(seed).nextBytes(f);
        System.arraycopy(to, 0, f, 0, 6);
        f[12] = (byte) 0x88;
        f[13] = (byte) 0xb5;
        return f;
    }

    final void put(int at, byte[] bytes) {
        MemorySegment.copy(bytes, 0, memory.segment(), ValueLayout.JAVA_BYTE, at, bytes.length);
    }

    static int control() {
        return NetworkControl.MDIO | NetworkControl.TX | NetworkControl.RX;
    }

    final void startTransmit() {
        write(Fxmac.TXSR, 0x1f7);
        read(Fxmac.ISR);
        write(Fxmac.NWCTRL, control() | NetworkControl.START_TX);
        Await.until("the queues are empty", () -> (read(Fxmac.TXSR) & 1) != 0);
    }

    final byte[] comesOut() {
        return cable.receive(20_000_000_000L).orElseThrow();
    }
}
