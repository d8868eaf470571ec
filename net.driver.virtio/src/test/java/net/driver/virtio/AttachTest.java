package net.driver.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import net.api.DevError;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.LinkState;
import net.api.NetDriverOps;
import net.api.NetFeature;
import net.api.driver.DeviceConfig;
import net.hw.virtio.DeviceStatus;
import net.hw.virtio.Feature;
import net.hw.virtio.PciCap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AttachTest {
    private TestRig rig = new TestRig();

    @AfterEach
    void free() {
        rig.close();
    }

    private static DeviceConfig config(int mtu, Optional<EthernetAddress> mac) {
        return new DeviceConfig(1, 1, 16, 16, mtu, mac, false, false, true, 3);
    }

    @Test
    void theDeviceIsStartedAfterItsReceiveRingIsFilled() {
        NetDriverOps ops = rig.attach();
        assertThat(rig.script.status).isEqualTo(DeviceStatus.ACKNOWLEDGE | DeviceStatus.DRIVER | DeviceStatus.FEATURES_OK | DeviceStatus.DRIVER_OK);
        assertThat(rig.script.postedAtDriverOk).isEqualTo(16);
        assertThat(rig.dmaEnabled).isTrue();
        assertThat(rig.script.notified).as("the receive queue, once").containsExactly(0);
        assertThat(ops.macAddress()).hasToString("02:00:00:00:00:01");
        assertThat(ops.link()).isEqualTo(LinkState.UP);
        assertThat(rig.script.accepted).isEqualTo(rig.script.offered);
        assertThat(rig.missingAfterStop()).isZero();
        assertThat(rig.script.status).isZero();
    }

    @Test
    void aDeviceThatDiesAtAnyAccessFailsTheAttachInTime() {
        long control = Feature.CTRL_VQ.mask() | Feature.CTRL_RX.mask() | Feature.EVENT_IDX.mask();
        rig.script.offered |= control;
        rig.attach();
        int accesses = rig.script.accesses;
        assertThat(accesses).isGreaterThan(50);
        for (int i = 0; i < accesses; i++) {
            int at = i;
            TestRig dying = new TestRig();
            dying.script.offered |= control;
            dying.script.dieAfter = at;
            Assertions.assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
                try {
                    dying.attach();
                    // Between the last look at its status and the end of the attach: then the first look afterwards finds it.
                    dying.instance.housekeep();
                    assertThat(dying.reports).as("death at access %d of %d", at, accesses).singleElement().asString().startsWith("GONE");
                } catch (DevException e) {
                    assertThat(e.error()).as("death at access %d of %d: %s", at, accesses, e).isEqualTo(DevError.IO);
                }
            });
            dying.close();
        }
    }

    @Test
    void aDeviceThatRefusesTheFeaturesIsUnsupportedAndLeftFailed() {
        rig.script.refuseFeatures = true;
        assertThat(rig.refused(DevError.UNSUPPORTED)).contains("MRG_RXBUF").contains("VERSION_1");
        assertThat(rig.script.status).isEqualTo(DeviceStatus.FAILED);
    }

    @Test
    void aResetThatDoesNotEndIsAnError() {
        rig.script.status = DeviceStatus.DRIVER_OK;
        rig.script.hangInReset = true;
        assertThat(rig.refused(DevError.IO)).contains("reset").contains("0x04 DRIVER_OK");
    }

    @Test
    void aConfigurationThatNeverHoldsStillIsAnError() {
        rig.script.generationRuns = true;
        assertThat(rig.refused(DevError.IO)).contains("configuration changed");
    }

    @ParameterizedTest
    @CsvSource({"0, UNSUPPORTED, its size is 0", "3, IO, size 3", "24, IO, size 24", "65535, IO, size 65535"})
    void aQueueOfImpossibleSizeIsRefused(int size, DevError error, String text) {
        rig.script.queues.get(1).size = size;
        assertThat(rig.refused(error)).contains(text).contains("queue 1");
    }

    @Test
    void aSmallerQueueIsTakenAsItIsAndALargerOneIsShrunk() {
        rig.script.queues.get(0).size = 8;
        rig.script.queues.get(1).size = 32768;
        NetDriverOps ops = rig.attach();
        assertThat(ops.rxQueueSize()).isEqualTo(8);
        assertThat(ops.txQueueSize()).isEqualTo(16);
        assertThat(rig.script.queues.get(1).size).isEqualTo(16);
    }

    @Test
    void aQueueThatKeepsItsSizeIsRefused() {
        rig.script.queues.get(1).size = 64;
        rig.script.keepQueueSize = true;
        assertThat(rig.refused(DevError.IO)).contains("64 after 16");
    }

    @Test
    void queuePairsAreAsManyAsWantedAndThereAndTheControlQueueIsBehindAllThatCouldBe() {
        rig.script.offered |= Feature.CTRL_VQ.mask() | Feature.MQ.mask();
        rig.script.maxPairs = 3;
        rig.script.numQueues = 7;
        rig.config = new DeviceConfig(2, 4, 16, 16, 0, Optional.empty(), false, false, true, 3);
        NetDriverOps ops = rig.attach();
        assertThat(rig.script.commands).containsExactly("4/0 0200");
        assertThat(ops.capabilities().rxQueues()).isEqualTo(2);
        assertThat(ops.capabilities().txQueues()).isEqualTo(2);
        assertThat(ops.capabilities().has(NetFeature.MULTI_QUEUE)).isTrue();
        assertThat(rig.script.queues.get(3).enabled).isTrue();
        assertThat(rig.script.queues.get(4).enabled).isFalse();
        assertThat(rig.missingAfterStop()).isZero();
        rig.close();
        rig = new TestRig();
        rig.script.offered |= Feature.CTRL_VQ.mask() | Feature.MQ.mask();
        rig.script.maxPairs = 0;
        rig.config = new DeviceConfig(2, 2, 16, 16, 0, Optional.empty(), false, false, true, 3);
        assertThat(rig.refused(DevError.IO)).contains("0 queue pairs");
    }

    @Test
    void tooFewQueuesAreRefused() {
        rig.script.numQueues = 1;
        assertThat(rig.refused(DevError.UNSUPPORTED)).contains("1 queues, 2 are needed");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void aFunctionWithoutAStructureIsUnsupportedAndToldWhatIsMissing(int type) {
        rig.capabilities.removeIf(c -> rig.configSpace[c.offset() + PciCap.CFG_TYPE] == type);
        if (type == PciCap.ISR_CFG) {
            rig.attach();
            return;
        }
        rig.deviceId = PciCap.NET_TRANSITIONAL_DEVICE_ID;
        assertThat(rig.refused(DevError.UNSUPPORTED)).contains("no capability for its").contains("transitional");
    }

    @ParameterizedTest
    @CsvSource({
        "bar 6,            1, 6, 0,          0x38,       0, names BAR 6",
        "absent bar,       1, 2, 0,          0x38,       0, names BAR 2",
        "an i/o bar,       1, 0, 0,          0x38,       0, names BAR 0",
        "beyond the bar,   1, 4, 0x3fd0,     0x38,       0, reach beyond",
        "sum wraps,        1, 4, 0xffffffff, 0x38,       0, reach beyond",
        "length wraps,     1, 4, 0x38,       0xffffffff, 0, reach beyond",
        "too short,        1, 4, 0,          0x37,       0, at least 0x38",
        "odd offset,       1, 4, 0x2,        0x38,       0, multiple of 4",
        "odd multiplier,   2, 4, 0x3000,     0x1000,     3, even power of two",
        "multiplier 1,     2, 4, 0x3000,     0x1000,     1, even power of two",
        "no mac,           4, 4, 0x2000,     5,          0, at least 0x6",
    })
    void aBadCapabilityIsPassedOver(String what, int type, int bar, String offset, String length, int multiplier, String text) {
        int at = type == PciCap.COMMON_CFG ? 0x40 : type == PciCap.DEVICE_CFG ? 0x50 : 0x60;
        rig.capability(at, type, bar, Long.decode(offset), Long.decode(length), multiplier);
        assertThat(rig.refused(DevError.UNSUPPORTED)).contains(text);
        // A good one behind it is taken instead: 4.1.4.1.
        rig.capability(0x80, type, 4, type == PciCap.COMMON_CFG ? 0 : type == PciCap.DEVICE_CFG ? 0x2000 : 0x3000,
                type == PciCap.NOTIFY_CFG ? 0x1000 : 0x38, 4);
        rig.attach();
    }

    @Test
    void aShortNotificationCapabilityIsPassedOver() {
        rig.put(0x60 + PciCap.CAP_LEN, 1, 16);
        assertThat(rig.refused(DevError.UNSUPPORTED)).contains("16 bytes long, 20 are needed");
    }

    @Test
    void aNotificationRegisterBeyondItsStructureIsRefused() {
        rig.capability(0x60, PciCap.NOTIFY_CFG, 4, 0x3000, 0x1000, 1L << 31);
        rig.script.notifyOffStep = 0xffff;
        assertThat(rig.refused(DevError.IO)).contains("queue 1").contains("65535 x 2147483648");
    }

    @Test
    void theLargestMtuFollowsDeviceAndBuffers() {
        assertThat(rig.attach().capabilities().maxMtu()).as("a ring of 16 descriptors, one of them for a header").isEqualTo(15 * 1920 - 18);
        rig.close();
        rig = new TestRig();
        rig.script.offered &= ~Feature.MRG_RXBUF.mask();
        NetDriverOps single = rig.attach();
        assertThat(single.capabilities().maxMtu()).isEqualTo(1920 - 18);
        assertThat(single.capabilities().has(NetFeature.SCATTERED_RX)).isFalse();
        rig.close();
        rig = new TestRig();
        rig.script.offered |= Feature.MTU.mask();
        rig.script.mtu = 4000;
        NetDriverOps told = rig.attach();
        assertThat(told.mtu()).isEqualTo(4000);
        assertThat(told.capabilities().maxMtu()).isEqualTo(4000);
    }

    @Test
    void anMtuThatCannotBeReceivedIsNotAccepted() {
        rig.script.offered = rig.script.offered & ~Feature.MRG_RXBUF.mask() | Feature.MTU.mask();
        rig.script.mtu = 9000;
        assertThat(rig.attach().mtu()).isEqualTo(1500);
        assertThat(Feature.MTU.in(rig.script.accepted)).isFalse();
    }

    @Test
    void impossibleMtusAreRefused() {
        rig.script.offered |= Feature.MTU.mask();
        rig.script.mtu = 67;
        assertThat(rig.refused(DevError.IO)).contains("67");
        rig.script.mtu = 4000;
        rig.config = config(4001, Optional.empty());
        assertThat(rig.refused(DevError.INVALID_PARAM)).contains("4001").contains("68 to 4000");
    }

    @Test
    void anAddressThatNoCardCanHaveIsRefused() {
        rig.script.mac = new byte[6];
        assertThat(rig.refused(DevError.IO)).contains("00:00:00:00:00:00");
        rig.script.mac = new byte[] {1, 0, 0x5e, 0, 0, 1};
        assertThat(rig.refused(DevError.IO)).contains("01:00:5e:00:00:01");
    }

    @Test
    void anotherAddressNeedsADeviceThatCanTakeIt() {
        EthernetAddress wanted = EthernetAddress.parse("02:00:00:00:00:99");
        rig.config = config(0, Optional.of(wanted));
        assertThat(rig.refused(DevError.INVALID_PARAM)).contains(wanted.toString());
        rig.script.offered |= Feature.CTRL_VQ.mask() | Feature.CTRL_MAC_ADDR.mask();
        assertThat(rig.attach().macAddress()).isEqualTo(wanted);
        assertThat(rig.script.commands).contains("1/1 020000000099");
    }

    @Test
    void aDeviceWithoutAddressGetsALocalOne() {
        rig.script.offered &= ~Feature.MAC.mask();
        EthernetAddress mac = rig.attach().macAddress();
        assertThat(mac.isValidUnicast()).isTrue();
        assertThat(mac.bits() >>> 41 & 1).as("locally administered").isOne();
    }

    @Test
    void vectorsThatTheDeviceDoesNotTakeAreDoneWithout() {
        rig.vectors = 2;
        rig.script.refuseVectors = true;
        assertThat(rig.attach().capabilities().has(NetFeature.RX_INTERRUPT)).isFalse();
        rig.close();
        rig = new TestRig();
        rig.vectors = 1;
        assertThat(rig.attach().capabilities().has(NetFeature.RX_INTERRUPT)).as("one vector of two").isFalse();
        rig.close();
        rig = new TestRig();
        rig.vectors = 2;
        assertThat(rig.attach().capabilities().has(NetFeature.RX_INTERRUPT)).isTrue();
        assertThat(rig.script.queues.get(0).vector).isEqualTo(1);
    }

    @Test
    void anEmptyPoolIsRefused() {
        net.api.NetBuf[] all = new net.api.NetBuf[64];
        assertThat(rig.pool.allocate(all, 0, 64)).isEqualTo(64);
        assertThat(rig.refused(DevError.NO_MEMORY)).contains("pool test");
        rig.pool.release(all, 0, 64);
        assertThat(rig.pool.statistics().inUse()).isZero();
    }
}
