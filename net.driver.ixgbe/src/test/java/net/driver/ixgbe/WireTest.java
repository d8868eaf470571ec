package net.driver.ixgbe;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.api.EthernetAddress;
import net.api.NetBuf;
import net.api.RxInfo;
import net.api.driver.DeviceConfig;
import net.api.driver.FlowControl;
import net.api.driver.RxOffload;
import net.pool.PoolSpec;
import net.sim.IxgbeConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is seen at the far end of the cable, and what becomes of what it sends: pause frames, hashes, frames of every length, rings of every size. */
class WireTest {
    private static final EthernetAddress PAUSE_GROUP = EthernetAddress.parse("01:80:c2:00:00:01");
    private static final int MAC_CONTROL = 0x8808;
    private static final int TYPE = 0x88b5;
    private static final int ROOM = 2048;
    private static final int NOBODYS_TIME = 0xffff;
    /** Of 512 bits at 10 Gb/s, in nanoseconds. */
    private static final double QUANTUM = 51.2;

    private CardRig rig = new CardRig();

    @AfterEach
    void end() {
        rig.close();
    }

    private void rig(int buffers) {
        rig.close();
        rig = new CardRig(IxgbeConfig.of(CardRig.MAC), CardRig.PATIENT, new PoolSpec("default", buffers, ROOM));
    }

    // ---- pause frames: IEEE 802.3, annex 31B ----

    private static byte[] pause(int quanta) {
        byte[] b = new byte[60];
        System.arraycopy(PAUSE_GROUP.toBytes(), 0, b, 0, 6);
        System.arraycopy(CardRig.PEER.toBytes(), 0, b, 6, 6);
        ByteBuffer.wrap(b).putShort(12, (short) MAC_CONTROL).putShort(14, (short) 1).putShort(16, (short) quanta);
        return b;
    }

    @Test
    void aCardWhoseBufferFillsStopsTheFarEndAndLetsItGoOnAndLosesNothing() {
        rig.attach(DeviceConfig.DEFAULT.withFlowControl(FlowControl.FULL));
        int sent = 0;
        byte[] stop = null;
        while (stop == null) {
            byte[] frame = Packet.of(CardRig.MAC, TYPE, 1514);
            ByteBuffer.wrap(frame).putInt(14, sent++);
            rig.put(frame);
            assertThat(sent).as("frames without a pause: more than the packet buffer holds").isLessThan(1000);
            int frames = sent;
            CardRig.await("a frame in the card", () -> rig.model.port().counters().received() == frames);
            stop = poll();
        }
        assertPause(stop, NOBODYS_TIME);
        for (int i = 0; i < sent; i++) {
            NetBuf b = rig.received();
            assertThat(b.getInt(14)).isEqualTo(i);
            b.release();
        }
        // The time of a pause is renewed while the buffer is full.
        byte[] last = rig.taken();
        while (ByteBuffer.wrap(last).getShort(16) != 0) {
            assertPause(last, NOBODYS_TIME);
            last = rig.taken();
        }
        assertPause(last, 0);
        assertThat(rig.counter("hw_lxofftxc")).isPositive();
        assertThat(rig.counter("hw_lxontxc")).isEqualTo(1);
        assertThat(rig.card.statistics().imissed()).isZero();
        assertThat(rig.model.complaints()).isEmpty();
    }

    private byte[] poll() {
        try {
            return rig.end.receive(0);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertPause(byte[] frame, int quanta) {
        byte[] wanted = pause(quanta);
        System.arraycopy(CardRig.MAC.toBytes(), 0, wanted, 6, 6);
        assertThat(frame).isEqualTo(wanted);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RX", "FULL"})
    void aPauseOfTheFarEndIsObeyedAndKeptFromTheApplication(FlowControl flow) {
        rig.attach(DeviceConfig.DEFAULT.withFlowControl(flow));
        long start = System.nanoTime();
        rig.put(pause(NOBODYS_TIME));
        CardRig.await("XOFF to be counted", () -> rig.counter("hw_lxoffrxcnt") == 1);
        byte[] frame = Packet.of(CardRig.PEER, TYPE, 100);
        rig.send(rig.buffer(frame));
        assertThat(rig.taken()).isEqualTo(frame);
        assertThat(System.nanoTime() - start).as("nanoseconds: the time of the pause at least").isGreaterThanOrEqualTo((long) (NOBODYS_TIME * QUANTUM));
        assertNextIsAMarker();
    }

    @ParameterizedTest
    @ValueSource(strings = {"NONE", "TX"})
    void aPauseIsDroppedByACardThatDoesNotObey(FlowControl flow) {
        rig.attach(DeviceConfig.DEFAULT.withFlowControl(flow));
        rig.put(pause(NOBODYS_TIME));
        assertNextIsAMarker();
        assertThat(rig.counter("hw_lxoffrxcnt")).isZero();
    }

    private void assertNextIsAMarker() {
        byte[] marker = Packet.of(CardRig.MAC, TYPE, 70);
        rig.put(marker);
        assertThat(take()).isEqualTo(marker);
    }

    private byte[] take() {
        NetBuf b = rig.received();
        byte[] bytes = b.toByteArray();
        b.release();
        return bytes;
    }

    // ---- receive side scaling ----

    /** Microsoft's verification suite ("Verifying the RSS Hash Calculation"): with ports, over TCP. */
    @ParameterizedTest
    @CsvSource({"66.9.149.187, 2794, 161.142.100.80, 1766, 0x51ccc178", "199.92.111.2, 14230, 65.69.140.83, 4739, 0xc626b0ea",
        "24.19.198.95, 12898, 12.22.207.184, 38024, 0x5c2b394a", "38.27.205.30, 48228, 209.142.163.6, 2217, 0xafc7327f",
        "153.39.163.191, 44251, 202.188.127.2, 1303, 0x10e828a2", "3ffe:2501:200:1fff::7, 2794, 3ffe:2501:200:3::1, 1766, 0x40207d3d",
        "3ffe:501:8::260:97ff:fe40:efab, 14230, ff02::1, 4739, 0xdde51bbf",
        "3ffe:1900:4545:3:200:f8ff:fe21:67cf, 44251, fe80::200:f8ff:fe21:67cf, 38024, 0x02d1feef"})
    void aFlowHasThePublishedHashAndTheQueueThatItChooses(String from, int fromPort, String to, int toPort, String published) throws UnknownHostException {
        int queues = 4;
        rig.attach(CardRig.config(queues, 256).withRxOffloads(Set.of(RxOffload.RSS_HASH)));
        int hash = Long.decode(published).intValue();
        rig.put(Packet.tcp(CardRig.MAC, InetAddress.getByName(from).getAddress(), fromPort, InetAddress.getByName(to).getAddress(), toPort));
        NetBuf[] one = new NetBuf[1];
        // Entry n of the redirection table, of 128, is queue n modulo the number of queues.
        int queue = (hash & 127) % queues;
        CardRig.await("the frame in queue " + queue, () -> rig.card.rxQueue(queue).receive(one, 0, 1) == 1);
        assertThat(RxInfo.hash(one[0].rxInfo())).isEqualTo(hash);
        one[0].release();
    }

    // ---- lengths and rings ----

    @Test
    void framesOfEveryLengthAroundEveryBoundaryOfABufferAreWhole() {
        rig(1024);
        rig.attach(new DeviceConfig(1, 1, 64, 64, 15_850, java.util.Optional.empty(), false, false, true, 16));
        List<Integer> lengths = new ArrayList<>(List.of(60, 15_868));
        for (int k = 1; k <= 7; k++) {
            lengths.addAll(List.of(k * ROOM - 1, k * ROOM, k * ROOM + 1));
        }
        for (int length : lengths) {
            byte[] frame = length > 15_864 ? new Packet(Packet.of(CardRig.MAC, TYPE, length - 4), 0).tagged(9) : Packet.of(CardRig.MAC, TYPE, length);
            rig.put(frame);
            NetBuf b = rig.received();
            int parts = 0;
            for (NetBuf p = b; p != null; p = p.next()) {
                assertThat(p.length()).isBetween(1, ROOM);
                parts++;
            }
            assertThat(parts).as("buffers of %d bytes", length).isEqualTo((length + ROOM - 1) / ROOM);
            assertThat(b.frameLength()).isEqualTo(length);
            assertThat(b.toByteArray()).as("%d bytes", length).isEqualTo(frame);
            // The same chain goes back out as it is.
            rig.send(b);
            assertThat(rig.taken()).isEqualTo(frame);
        }
        CardRig.await("the end", () -> rig.card.recycleTxBuffers() == 0);
        assertThat(rig.card.statistics().ierrors()).isZero();
        assertThat(rig.model.complaints()).isEmpty();
    }

    /** Few frames, many, and none for a while: whatever the ring's size, everything that was given is taken back, and the next frame goes out. */
    @ParameterizedTest
    @ValueSource(ints = {64, 128, 256, 512, 1024, 2048, 4096})
    void ringsOfEverySizeNeverStallHoweverFewFramesThereAre(int size) {
        rig(4 * size + 512);
        rig.attach(CardRig.config(2, size));
        assertThat(rig.card.txQueueSize()).isEqualTo(size);
        assertThat(rig.card.rxQueueSize()).isEqualTo(size);
        Random random = new Random(size);
        int total = 0;
        for (int burst : new int[] {1, 2, 31, 32, 33, size - 1, 1, size / 2 + 1, size - 1, 3, 1}) {
            for (int q = 0; q < 2; q++) {
                int queue = q;
                NetBuf[] batch = new NetBuf[burst];
                Arrays.setAll(batch, i -> rig.buffer(Packet.of(CardRig.PEER, TYPE, random.nextInt(60, 200))));
                int[] given = {0};
                CardRig.await("room for " + burst + " frames in queue " + q, () -> {
                    given[0] += rig.card.txQueue(queue).transmit(batch, given[0], burst - given[0]);
                    return given[0] == burst;
                });
                for (int i = 0; i < burst; i++) {
                    rig.taken();
                }
                // Nothing more is sent: an idle queue is taken back to the last frame.
                CardRig.await("an idle queue " + q + " of " + size + " after " + burst, () -> rig.card.txQueue(queue).reclaim() == 0);
                total += burst;
            }
        }
        assertThat(rig.card.statistics().opackets()).isEqualTo(total);
        for (int i = 0; i < 3 * size; i++) {
            byte[] frame = Packet.of(CardRig.MAC, TYPE, 60 + i % 100);
            rig.put(frame);
            assertThat(take()).isEqualTo(frame);
        }
        assertThat(rig.model.complaints()).isEmpty();
    }
}
