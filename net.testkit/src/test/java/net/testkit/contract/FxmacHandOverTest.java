package net.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import net.api.DevError;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.LinkState;
import net.api.NetBuf;
import net.api.device.DeviceState;
import net.api.driver.Attachment;
import net.api.driver.DriverInstance;
import net.api.driver.ForwardingDriver;
import net.api.driver.HandOver;
import net.driver.fxmac.FxmacDriver;
import net.hw.fxmac.Fxmac;
import net.sim.FxmacConfig;
import net.sim.FxmacFault;
import net.testkit.Await;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What one version of the driver tells the next, and states that the next one must not believe: then the card is set up from its beginning. */
class FxmacHandOverTest extends FxmacBench {
    private final Meddler driver = new Meddler();

    /** The driver, with somebody between it and the state that it takes over. */
    private static final class Meddler extends ForwardingDriver {
        UnaryOperator<HandOver> change = UnaryOperator.identity();
        HandOver told;
        DevException refusal;

        Meddler() {
            super(new FxmacDriver());
        }

        @Override
        public DriverInstance takeOver(Attachment attachment, HandOver state) {
            told = state;
            refusal = null;
            try {
                return super.takeOver(attachment, change.apply(state));
            } catch (DevException e) {
                refusal = e;
                throw e;
            }
        }
    }

    @BeforeEach
    void attachOne() {
        open(FxmacConfig.of(MAC), driver);
        card = bench.attach(ContractBench.config(1, RING, 0));
        Await.until("a link", () -> card.link().up());
    }

    private boolean swap() {
        boolean warm = bench.swap();
        card = bench.port().card().orElseThrow();
        return warm;
    }

    private List<Integer> registers() {
        List<Integer> values = new ArrayList<>();
        for (Fxmac r : Fxmac.values()) {
            for (int i = 0; i < r.count(); i++) {
                values.add(model.register(r.at(i)));
            }
        }
        return values;
    }

    // ---- what goes on ----

    @Test
    void theDevicesRegistersStayAsTheyAreAndItsPhyIsNotAsked() {
        assertWorks();
        Await.until("nothing is held", () -> card.txQueue(0).reclaim() == 0);
        Await.until("the look ten times a second has seen the frame", () -> model.register(Fxmac.RXSR.offset()) == 0);
        List<Integer> before = registers();
        model.setFault(FxmacFault.MDIO_HANGS, true);
        assertThat(swap()).as("warm").isTrue();
        model.setFault(FxmacFault.MDIO_HANGS, false);
        int mdio = new ArrayList<>(List.of(Fxmac.values())).indexOf(Fxmac.PHYMNTNC);
        List<Integer> after = registers();
        // The look at the link ten times a second may have come before.
        after.set(mdio, before.get(mdio));
        assertThat(after).isEqualTo(before);
        assertWorks();
    }

    @Test
    void aLinkThatWasDownIsSeenToComeBack() {
        bench.setLink(false);
        Await.until("no link", () -> !card.link().up());
        assertThat(swap()).isTrue();
        assertThat(card.link()).isEqualTo(LinkState.DOWN);
        model.setPartner(100, true);
        bench.setLink(true);
        Await.until("the link, slower", () -> card.link().equals(new LinkState(true, 100, true)), () -> card.link().toString());
        assertWorks();
    }

    @Test
    void addressesThatAreComparedAndThoseThatAreHashedStay() {
        assertGroupsAreReceived(() -> assertThat(swap()).isTrue());
    }

    @Test
    void transmissionThatStoppedWithAnErrorIsSetUpAgainByWhoeverSeesIt() {
        for (int i = 1; i <= 5; i++) {
            model.failTransmit();
            sendOne();
            assertThat(swap()).isTrue();
            int errors = i;
            Await.until("it is set up again", () -> counter("recoveries") == errors, () -> card.statistics().toString());
            // What is sent before the rings are set up is lost with them.
            Await.until("frames leave again", () -> {
                sendOne();
                return bench.cable().receive(50_000_000L).isPresent();
            });
        }
        assertThat(card.statistics().oerrors()).isGreaterThanOrEqualTo(5);
    }

    @Test
    void whatTheHardwareCountedGoesOn() {
        for (int i = 1; i <= 5; i++) {
            assertWorks();
            assertThat(swap()).isTrue();
            assertThat(counter("mac_tx_frames")).isEqualTo(i);
            assertThat(counter("mac_rx_frames")).isEqualTo(i);
        }
    }

    @Test
    void aDetachAfterSwapsPutsTheFirmwaresAddressBack() {
        card.setMacAddress(EthernetAddress.parse("02:00:00:00:00:77"));
        assertThat(swap()).isTrue();
        assertThat(model.mac()).isEqualTo(EthernetAddress.parse("02:00:00:00:00:77"));
        bench.detach();
        assertThat(model.mac()).isEqualTo(MAC);
    }

    @Test
    void everyQueueGoesOn() {
        bench.detach();
        card = bench.attach(ContractBench.config(4, RING, 0));
        for (int i = 0; i < 40; i++) {
            int q = i % 4;
            NetBuf[] one = {buffer(frames.to(Frames.PEER, 100))};
            assertThat(card.txQueue(q).transmit(one, 0, 1)).isOne();
            byte[] frame = frames.to(MAC, 100);
            frame[11] = (byte) q;
            bench.cable().send(frame, 1_000_000_000L);
            assertThat(swap()).isTrue();
            Await.until("the frame on queue " + q, () -> card.rxQueue(q).receive(one, 0, 1) == 1);
            assertThat(one[0].toByteArray()).isEqualTo(frame);
            one[0].release();
            assertThat(bench.cable().receive(20_000_000_000L)).isPresent();
        }
        assertThat(card.statistics().opackets()).isLessThanOrEqualTo(40);
        for (int q = 0; q < 4; q++) {
            int queue = q;
            Await.until("nothing is held", () -> card.txQueue(queue).reclaim() == 0);
        }
        assertThat(card.statistics().opackets()).isEqualTo(40);
    }

    // ---- what is not believed ----

    private static Map<String, Object> values(HandOver state) {
        try {
            Field field = HandOver.class.getDeclaredField("values");
            field.setAccessible(true);
            Map<String, Object> values = new TreeMap<>();
            ((Map<?, ?>) field.get(state)).forEach((k, v) -> values.put((String) k, v));
            return values;
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static HandOver made(String format, int version, Map<String, Object> values) {
        HandOver.Writer to = HandOver.write(format, version);
        values.forEach((name, v) -> {
            switch (v) {
                case Long n -> to.put(name, n);
                case long[] n -> to.put(name, n);
                case int[] n -> to.put(name, n);
                default -> throw new AssertionError(name + " is " + v);
            }
        });
        return to.done();
    }

    /** The swap is cold, for one reason in words, and the card works. */
    private void assertRefused(UnaryOperator<HandOver> change, String word) {
        driver.change = change;
        assertThat(swap()).as("warm").isFalse();
        driver.change = UnaryOperator.identity();
        assertThat(driver.refusal).isNotNull();
        assertThat(driver.refusal.error()).isEqualTo(DevError.UNSUPPORTED);
        assertThat(driver.refusal.getMessage()).isNotBlank().contains(word);
        assertThat(bench.status().state()).isEqualTo(DeviceState.ATTACHED);
        assertWorks();
    }

    @Test
    void aStateOfAnotherVersionOrDriverIsRefused() {
        assertRefused(s -> made("fxmac", 2, values(s)), "fxmac 2");
        assertRefused(s -> made("virtio-net", 1, values(s)), "virtio-net 1");
    }

    @Test
    void aStateWithoutAnyOneOfItsValuesIsRefused() {
        assertThat(swap()).isTrue();
        for (String name : values(driver.told).keySet()) {
            assertRefused(s -> {
                Map<String, Object> values = values(s);
                values.remove(name);
                return made("fxmac", 1, values);
            }, name);
        }
    }

    @ParameterizedTest
    @CsvSource({"rxRing, 16", "rxRing, 33", "rxRing, 1073741824", "txRing, 64", "rxQueues, 2", "rxQueues, 5", "txQueues, 0", "txQueues, 3", "vectors, 2",
        "room, 2000", "room, 16320", "jumbo, 2", "txChecksums, 1", "tailPointers, 1", "pauses, 4", "control, -1", "config, 0", "phy.address, 32",
        "phy.address, -2", "programmed.speed, 2500", "programmed.up, 0", "link.speed, 1000000", "restarting, 2",
        "rx.0.next, 32", "rx.0.next, -1", "rx.0.outstanding, 33", "rx.0.outstanding, 0", "tx.0.tail, 32", "tx.0.room, 33", "tx.0.room, 31",
        "mdioFailures, -1", "violations, -1", "firmwareMac, -1", "settings.mtu, 67", "settings.mtu, 20000", "settings.mac, -1"})
    void aNumberThatCannotBeIsRefused(String name, long value) {
        assertRefused(s -> {
            Map<String, Object> values = values(s);
            assertThat(values.put(name, value)).as(name).isNotEqualTo(value);
            return made("fxmac", 1, values);
        }, "");
    }

    @Test
    void framesWhoseDescriptorsDoNotAddUpAreRefused() {
        for (int[] spans : List.of(new int[32], filled(2), filled(-1), filled(33), new int[31], new int[0])) {
            Await.until("nothing is held", () -> card.txQueue(0).reclaim() == 0);
            model.setTransmitBudget(0);
            sendOne();
            driver.change = s -> {
                Map<String, Object> values = values(s);
                values.put("tx.0.spans", spans);
                return made("fxmac", 1, values);
            };
            assertThat(swap()).isFalse();
            driver.change = UnaryOperator.identity();
            assertThat(driver.refusal).hasMessageContaining(spans.length == 32 ? "descriptors" : "numbers");
            model.setTransmitBudget(Long.MAX_VALUE);
            assertWorks();
        }
    }

    private static int[] filled(int value) {
        int[] numbers = new int[32];
        Arrays.fill(numbers, value);
        return numbers;
    }
}
