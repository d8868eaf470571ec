package net.driver.ixgbe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import net.api.DevError;
import net.api.DevException;
import net.api.LinkState;
import net.api.NetBuf;
import net.api.NetDriverOps;
import net.api.TxOffload;
import net.api.device.DeviceState;
import net.api.driver.DeviceConfig;
import net.api.driver.RxOffload;
import net.hw.ixgbe.Reg;
import net.pci.Registrar;
import net.sim.IxgbeConfig;
import net.sim.IxgbeFault;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One version of the driver takes a running card over from another; what it is told is true, or is refused, and then the old one goes on. */
class SuccessionTest {
    private static final String FIRST = "0";
    private static final String NEXT = "2";
    /** What a version may leave out: it begins with nothing of it then. */
    private static final List<String> OPTIONAL = List.of("hw.", "offload.");

    private final CardRig rig = new CardRig(IxgbeConfig.of(CardRig.MAC), CardRig.PATIENT, 8192);
    private final NextVersion next = new NextVersion(new IxgbeDriver(CardRig.PATIENT));

    @AfterEach
    void end() {
        rig.close();
    }

    private void attach(DeviceConfig config) {
        rig.attach(config);
        rig.engine.addDriver(next, -1, NEXT, Registrar.NONE).settle();
        CardRig.await("link", () -> rig.card.link().up());
    }

    private void swap() {
        rig.engine.swap(rig.address, NEXT);
        rig.card = rig.engine.ops(rig.address);
    }

    private void back() {
        rig.engine.swap(rig.address, FIRST);
        rig.card = rig.engine.ops(rig.address);
    }

    private DevException refused() {
        DevException e = catchThrowableOfType(DevException.class, () -> rig.engine.swap(rig.address, NEXT));
        rig.card = rig.engine.ops(rig.address);
        return e;
    }

    private void assertFramesPass() {
        byte[] in = Packet.of(CardRig.MAC, 0x88b5, 200);
        byte[] out = Packet.of(CardRig.PEER, 0x88b5, 300);
        rig.put(in);
        NetBuf b = rig.received();
        assertThat(b.toByteArray()).isEqualTo(in);
        b.release();
        rig.send(rig.buffer(out));
        assertThat(rig.taken()).isEqualTo(out);
    }

    // ---- what goes on ----

    @Test
    void nothingIsWrittenToTheDeviceWhileItIsTakenOver() {
        attach(CardRig.config(4, 256).withRxOffloads(Set.of(RxOffload.values())));
        assertFramesPass();
        swap();
        assertThat(next.took).isEqualTo(1);
        assertThat(next.writes).isEmpty();
        assertThat(rig.model.complaints()).isEmpty();
        assertFramesPass();
    }

    @Test
    void framesInAllRingsOfAllKindsGoOn() {
        attach(CardRig.config(4, 256));
        rig.model.setFault(IxgbeFault.HUNG, true);
        Packet all = Packet.tcp(CardRig.PEER, 1, 2, 3, 4, 54 + 2500);
        byte[] bytes = all.withPseudoSumForSegments().bytes();
        for (int q = 0; q < 4; q++) {
            NetBuf head = rig.buffer(Arrays.copyOf(bytes, 1800));
            head.chain(rig.buffer(Arrays.copyOfRange(bytes, 1800, bytes.length)));
            head.setOffload(TxOffload.segments(1000));
            NetBuf[] batch = {head, rig.buffer(Packet.of(CardRig.PEER, 0x88b5, 100 + q))};
            assertThat(rig.card.txQueue(q).transmit(batch, 0, 2)).isEqualTo(2);
            rig.card.txQueue(q).unbind();
        }
        swap();
        rig.model.setFault(IxgbeFault.HUNG, false);
        int plain = 0;
        int segments = 0;
        for (int i = 0; i < 4 * 4; i++) {
            byte[] frame = rig.taken();
            if (frame.length < 104) {
                plain++;
            } else {
                segments++;
                assertThat(new Packet(frame.clone(), 6).withSums().bytes()).isEqualTo(frame);
            }
        }
        assertThat(plain).isEqualTo(4);
        assertThat(segments).isEqualTo(12);
        for (int q = 0; q < 4; q++) {
            int queue = q;
            CardRig.await("the end of queue " + q, () -> rig.card.txQueue(queue).reclaim() == 0);
        }
        for (int i = 0; i < 200; i++) {
            rig.put(Packet.udp(CardRig.MAC, 1000 + i % 40, 53, 64).withSums().bytes());
        }
        back();
        CardRig.await("all frames", new Taker(200)::done);
        assertThat(rig.card.statistics().opackets()).isEqualTo(16);
        assertThat(rig.model.complaints()).isEmpty();
    }

    private final class Taker {
        private final NetBuf[] batch = new NetBuf[32];
        private int left;

        Taker(int frames) {
            left = frames;
        }

        boolean done() {
            for (int q = 0; q < 4; q++) {
                int n = rig.card.rxQueue(q).receive(batch, 0, batch.length);
                rig.pool.release(batch, 0, n);
                left -= n;
            }
            return left <= 0;
        }
    }

    @Test
    void theDevicesStatisticsGoOnAndTheOldVersionTakesNoneOfThem() {
        attach(DeviceConfig.DEFAULT);
        assertFramesPass();
        long before = rig.counter("hw_gptc");
        assertThat(before).isPositive();
        swap();
        NetDriverOps old = next.instance.ops();
        back();
        long sent = rig.model.port().counters().sent();
        for (int i = 1; i <= 5; i++) {
            rig.send(rig.buffer(Packet.of(CardRig.PEER, 0x88b5, 300)));
            long wanted = sent + i;
            CardRig.await("a frame on the cable", () -> rig.model.port().counters().sent() == wanted);
            // Reading clears the device's counters: who looks first gets what was counted.
            old.statistics();
            rig.taken();
        }
        assertThat(rig.counter("hw_gptc")).isEqualTo(before + 5);
    }

    @Test
    void theLinkThatUsersKnowIsNotToldAgainAndItsNextChangeIs() {
        attach(DeviceConfig.DEFAULT);
        swap();
        CardRig.await("two looks of the next version", () -> next.looks > 1);
        assertThat(next.links).isEmpty();
        rig.cable.setUp(false);
        CardRig.await("a change of the link", () -> !next.links.isEmpty());
        assertThat(next.links).containsExactly(LinkState.DOWN);
    }

    // ---- what is refused ----

    @Test
    void anotherFormatOrVersionIsTakenCold() {
        attach(DeviceConfig.DEFAULT);
        next.edit = s -> NextVersion.record("virtio-net", 1, NextVersion.values(s));
        swap();
        assertThat(next.attached).isEqualTo(1);
        assertThat(next.refusal.error()).isEqualTo(DevError.UNSUPPORTED);
        assertThat(next.refusal.getMessage()).contains("virtio-net 1", "ixgbe 1");
        CardRig.await("link", () -> rig.card.link().up());
        assertFramesPass();
        back();
        next.edit = s -> NextVersion.record("ixgbe", 2, NextVersion.values(s));
        swap();
        assertThat(next.attached).isEqualTo(2);
        CardRig.await("link", () -> rig.card.link().up());
        assertFramesPass();
    }

    @Test
    void aStateThatLacksAValueIsRefusedByItsName() {
        attach(CardRig.config(2, 64));
        Map<String, Object> values = values();
        assertThat(values).hasSizeGreaterThan(40);
        for (String name : values.keySet()) {
            if (OPTIONAL.stream().anyMatch(name::startsWith)) {
                continue;
            }
            with(v -> v.remove(name));
            DevException e = refused();
            assertThat(e).as("without %s", name).isNotNull();
            assertThat(e.error()).isEqualTo(DevError.INVALID_PARAM);
            assertThat(e.getMessage()).contains("'" + name + "'");
        }
        assertGoesOn();
    }

    /** What the device's memory would be overwritten with, or read from, must not depend on such a number. */
    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE, 0x1_0000_0000L, 4095, 65, 1})
    void numbersThatCannotBeAreRefusedOrChangeNothing(long hostile) {
        attach(CardRig.config(2, 64));
        for (Map.Entry<String, Object> e : values().entrySet()) {
            Object value = e.getValue();
            if (value instanceof Long) {
                with(v -> v.put(e.getKey(), hostile));
            } else {
                int n = Array.getLength(value);
                Object changed = Array.newInstance(value.getClass().getComponentType(), n + 1);
                for (int i = 0; i <= n; i++) {
                    if (value instanceof int[]) {
                        Array.setInt(changed, i, (int) hostile);
                    } else {
                        Array.setLong(changed, i, hostile);
                    }
                }
                with(v -> v.put(e.getKey(), changed));
            }
            boolean structural = e.getKey().matches("(buffers|[rt]x\\.\\d)\\..*|[rt]xQueues") && !e.getKey().endsWith("counters");
            DevException refusal = refused();
            if (structural && !isPossible(e.getKey(), value, hostile)) {
                assertThat(refusal).as("%s = %d instead of %s", e.getKey(), hostile, value).isNotNull();
            }
            if (refusal == null) {
                // It changed nothing that matters: back to the first version.
                back();
            } else {
                assertThat(refusal.error()).as("%s = %d: %s", e.getKey(), hostile, refusal).isIn(DevError.INVALID_PARAM, DevError.IO, DevError.BAD_STATE);
            }
            assertThat(rig.status().state()).isEqualTo(DeviceState.ATTACHED);
        }
        next.edit = s -> s;
        rig.card.setMacAddress(CardRig.MAC);
        rig.card.setMtu(1500);
        assertFramesPass();
    }

    /** As it was, or a lower bound for the MTU. */
    private static boolean isPossible(String name, Object value, long number) {
        return value instanceof Long n && (n == number || name.equals("buffers.maxMtu") && number >= Parts.MIN_MTU && number < n);
    }

    @Test
    void aRingThatHoldsOtherBuffersIsRefused() {
        attach(CardRig.config(1, 256));
        with(v -> v.merge("tx.0.count", 3L, (a, b) -> b));
        assertThat(refused()).isNotNull();
        with(v -> v.merge("rx.0.first", 32L, (a, b) -> (Long) a + (Long) b));
        assertThat(refused()).isNotNull();
        with(v -> v.merge("rx.0.count", 32L, (a, b) -> (Long) a - (Long) b));
        assertThat(refused().getMessage()).contains("receive queue 0 of " + rig.address);
        assertGoesOn();
    }

    @Test
    void aRingOfAnotherSizeIsRefused() {
        attach(CardRig.config(1, 256));
        for (long size : new long[] {64, 128, 512, 4096}) {
            for (String ring : List.of("rx", "tx")) {
                with(v -> {
                    v.put(ring + ".0.size", size);
                    v.put(ring + ".0.first", 0L);
                });
                assertThat(refused()).as("%s ring of %d", ring, size).isNotNull();
            }
        }
        assertGoesOn();
    }

    @Test
    void aDeviceThatSomebodyElseHasSetUpIsRefused() {
        attach(DeviceConfig.DEFAULT);
        for (Reg r : List.of(Reg.RDT, Reg.TDT, Reg.RDBAL, Reg.TDBAL, Reg.RDLEN, Reg.TDLEN, Reg.RXDCTL, Reg.TXDCTL, Reg.SRRCTL)) {
            next.lies.put((long) r.at(0), 0x40);
            DevException e = refused();
            assertThat(e.error()).as(r.name()).isEqualTo(DevError.IO);
            assertThat(e.getMessage()).contains(r.name() + "[0] is 0x00000040", "somebody else has set the device up");
            next.lies.clear();
        }
        next.lies.put((long) Reg.RXCTRL.at(0), 0);
        assertThat(refused().getMessage()).contains("does not run", "RXCTRL 0x00000000");
        next.lies.clear();
        assertGoesOn();
    }

    /** The old version has its state again, and afterwards the next one takes it. */
    private void assertGoesOn() {
        assertFramesPass();
        next.edit = s -> s;
        swap();
        assertThat(next.took).isEqualTo(1);
        assertThat(next.attached).isZero();
        assertFramesPass();
        assertThat(rig.model.complaints()).isEmpty();
    }

    /** The values of the state as it is now, from a swap that is refused. */
    private Map<String, Object> values() {
        Map<String, Object> all = new TreeMap<>();
        with(v -> {
            all.putAll(v);
            v.remove("rxQueues");
        });
        assertThat(refused()).isNotNull();
        return all;
    }

    private void with(Consumer<Map<String, Object>> change) {
        next.edit = s -> {
            Map<String, Object> values = NextVersion.values(s);
            change.accept(values);
            return NextVersion.record("ixgbe", 1, values);
        };
    }
}
