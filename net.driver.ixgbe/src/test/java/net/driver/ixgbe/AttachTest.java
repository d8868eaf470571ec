package net.driver.ixgbe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.api.DevError;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.NetBuf;
import net.api.NetFeature;
import net.api.RegisterValue;
import net.api.device.DeviceState;
import net.api.driver.DeviceConfig;
import net.api.driver.FlowControl;
import net.hw.ixgbe.Counter;
import net.hw.ixgbe.Model;
import net.hw.ixgbe.Reg;
import net.pool.PoolSpec;
import net.sim.IxgbeConfig;
import net.sim.IxgbeFault;
import net.sim.SfpModule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bringing a card up, and everything that can go wrong with it. */
class AttachTest {
    private static final IxgbeConfig SFP = IxgbeConfig.of(CardRig.MAC);
    private static final IxgbeConfig BACKPLANE = SFP.withDeviceId(IxgbeConfig.BACKPLANE);

    @ParameterizedTest
    @EnumSource(Model.class)
    void everyCardOfTheFamilyAttachesAndLinks(Model model) {
        try (CardRig rig = new CardRig(SFP.withDeviceId(model.id()), Limits.DEFAULT)) {
            rig.attach();
            CardRig.await("link", () -> rig.card.link().up());
            assertThat(rig.card.link().speedMbps()).isEqualTo(10_000);
            assertThat(rig.card.macAddress()).isEqualTo(CardRig.MAC);
            rig.engine.detach(rig.address);
            assertThat(rig.model.complaints()).isEmpty();
        }
    }

    @Test
    void theBundleSaysTheSameIdsAsTheDriver() throws Exception {
        String bnd = java.nio.file.Files.readString(java.nio.file.Path.of("bnd.bnd"));
        assertThat(new IxgbeDriver().matches()).hasSize(16).allSatisfy(m -> assertThat(bnd).contains(m.text()));
    }

    // ---- devices that do not work ----

    private static final Map<IxgbeFault, String> ENDS_WITH = Map.of(IxgbeFault.RESET_STICKS, "the reset did not end", IxgbeFault.NO_AUTO_READ, "loading the EEPROM did not end",
            IxgbeFault.NO_DMA_INIT, "initialising the receive memory did not end", IxgbeFault.EEPROM_HANGS, "of the EEPROM did not end", IxgbeFault.EEPROM_CORRUPT,
            "words of its EEPROM add up to", IxgbeFault.BAD_MAC, "cannot be a card's address", IxgbeFault.SEMAPHORE_HELD, "semaphore", IxgbeFault.RX_QUEUE_DOES_NOT_START,
            "enabling receive queue 0 did not end", IxgbeFault.TX_QUEUE_DOES_NOT_START, "enabling transmit queue 0 did not end", IxgbeFault.SECURITY_NOT_READY,
            "emptying the receive security engine did not end");

    @ParameterizedTest
    @EnumSource(value = IxgbeFault.class, names = {"RESET_STICKS", "NO_AUTO_READ", "NO_DMA_INIT", "EEPROM_HANGS", "EEPROM_CORRUPT", "BAD_MAC", "SEMAPHORE_HELD",
        "RX_QUEUE_DOES_NOT_START", "TX_QUEUE_DOES_NOT_START", "SECURITY_NOT_READY"})
    @Timeout(30)
    void aDeviceThatStaysAwayFromAStepIsAnErrorThatNamesIt(IxgbeFault fault) {
        try (CardRig rig = new CardRig(BACKPLANE, CardRig.HASTY)) {
            rig.model.setFault(fault, true);
            DevException e = rig.refused(DeviceConfig.DEFAULT);
            assertThat(e.error()).as(e.toString()).isEqualTo(DevError.IO);
            assertThat(e.getMessage()).contains(rig.address, ENDS_WITH.get(fault));
            rig.model.setFault(fault, false);
            rig.attach();
        }
    }

    @Test
    void aPhyThatDoesNotAnswerIsAnError() {
        try (CardRig rig = new CardRig(SFP.withDeviceId(Model.T3_LOM.id()), CardRig.HASTY)) {
            rig.model.setFault(IxgbeFault.MDIO_HANGS, true);
            DevException e = rig.refused(DeviceConfig.DEFAULT);
            assertThat(e.error()).isEqualTo(DevError.IO);
            assertThat(e.getMessage()).contains("an access to its PHY did not end");
        }
    }

    @ParameterizedTest
    @EnumSource(value = IxgbeFault.class, names = {"MASTER_STAYS", "RX_QUEUE_DOES_NOT_STOP", "TX_QUEUE_DOES_NOT_STOP"})
    void requestsAndQueuesThatDoNotEndAreEndedByTheReset(IxgbeFault fault) {
        try (CardRig rig = new CardRig(SFP, CardRig.HASTY)) {
            rig.model.setFault(fault, true);
            rig.attach();
            rig.put(Packet.of(CardRig.MAC, 0x88b5, 100));
            rig.received().release();
        }
    }

    // ---- modules ----

    @Test
    void anEmptyCageIsNoError() {
        try (CardRig rig = new CardRig(SFP.withModule(SfpModule.NONE), Limits.DEFAULT)) {
            rig.attach();
            assertThat(rig.card.link().up()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(value = SfpModule.class, names = {"SHORT_RANGE", "LONG_RANGE", "DIRECT_ATTACH"})
    void modulesOfTenGigabitLink(SfpModule module) {
        try (CardRig rig = new CardRig(SFP.withModule(module), Limits.DEFAULT)) {
            rig.attach();
            CardRig.await("link", () -> rig.card.link().up());
            assertThat(rig.model.complaints()).isEmpty();
        }
    }

    // ---- what the configuration asks for ----

    @Test
    void ringsAndQueuesAreWhatTheDeviceCan() {
        try (CardRig rig = new CardRig(SFP, Limits.DEFAULT, 16_384)) {
            rig.attach(new DeviceConfig(128, 128, 16, 32_768, 0, Optional.empty(), false, false, false, 16));
            assertThat(rig.card.rxQueueSize()).isEqualTo(64);
            assertThat(rig.card.txQueueSize()).isEqualTo(4096);
            assertThat(rig.card.capabilities().rxQueues()).isEqualTo(16);
            assertThat(rig.card.capabilities().txQueues()).isEqualTo(64);
            assertThat(rig.card.capabilities().has(NetFeature.RX_INTERRUPT)).isFalse();
            assertThat(rig.card.capabilities().has(NetFeature.MULTI_QUEUE)).isTrue();
        }
    }

    @Test
    void valuesThatTheDeviceCannotTakeAreRefusedByName() {
        try (CardRig rig = new CardRig()) {
            DevException e = rig.refused(new DeviceConfig(1, 1, 256, 256, 15_851, Optional.empty(), false, false, true, 16));
            assertThat(e.error()).isEqualTo(DevError.INVALID_PARAM);
            assertThat(e.getMessage()).contains("MTU 15851 is outside 68 to 15850");
        }
    }

    @Test
    void buffersBetweenTwoSizesTakeAWholeFrameEach() {
        int room = PoolSpec.DATA_ROOM;
        assertThat(room % 1024).isNotZero();
        try (CardRig rig = new CardRig(SFP, Limits.DEFAULT, new PoolSpec("default", 2048, room))) {
            rig.attach();
            assertThat(rig.card.capabilities().has(NetFeature.SCATTERED_RX)).isFalse();
            assertThat(rig.card.capabilities().maxMtu()).isEqualTo(room - 18);
            rig.card.setMtu(room - 18);
            for (int length : new int[] {1514, room}) {
                byte[] frame = length > 1518 ? Packet.udp(CardRig.MAC, 1, 2, length - 4).tagged(5) : Packet.of(CardRig.MAC, 0x88b5, length);
                rig.put(frame);
                NetBuf b = rig.received();
                assertThat(b.next()).isNull();
                assertThat(b.toByteArray()).isEqualTo(frame);
                b.release();
            }
            byte[] marker = Packet.of(CardRig.MAC, 0x88b5, 60);
            rig.put(Packet.of(CardRig.MAC, 0x88b5, room + 1));
            rig.put(marker);
            NetBuf b = rig.received();
            assertThat(b.toByteArray()).as("what follows a frame that is too long").isEqualTo(marker);
            b.release();
            assertThat(rig.model.complaints()).isEmpty();
        }
        try (CardRig rig = new CardRig(SFP, Limits.DEFAULT, new PoolSpec("default", 2048, room))) {
            rig.attach(new DeviceConfig(1, 1, 256, 256, 9000, Optional.empty(), false, false, true, 16));
            assertThat(rig.card.capabilities().has(NetFeature.SCATTERED_RX)).isTrue();
            byte[] frame = Packet.of(CardRig.MAC, 0x88b5, 9014);
            rig.put(frame);
            NetBuf b = rig.received();
            assertThat(b.toByteArray()).isEqualTo(frame);
            b.release();
        }
    }

    @Test
    void aPoolWithoutBuffersIsAnErrorThatSaysWhatToDo() {
        try (CardRig rig = new CardRig(SFP, Limits.DEFAULT, 31)) {
            DevException e = rig.refused(CardRig.config(1, 64));
            assertThat(e.error()).isEqualTo(DevError.NO_MEMORY);
            assertThat(e.getMessage()).contains("make the pool larger");
        }
    }

    @Test
    void anotherAddressReplacesTheDevicesOwn() {
        EthernetAddress other = EthernetAddress.parse("02:00:00:00:00:77");
        try (CardRig rig = new CardRig()) {
            rig.model.setFault(IxgbeFault.BAD_MAC, true);
            rig.attach(new DeviceConfig(1, 1, 256, 256, 0, Optional.of(other), false, false, true, 16));
            assertThat(rig.card.macAddress()).isEqualTo(other);
            assertThat(rig.model.mac()).isEqualTo(other);
        }
    }

    @Test
    void pauseFramesAreSetUpAsAskedFor() {
        for (FlowControl flow : EnumSet.allOf(FlowControl.class)) {
            try (CardRig rig = new CardRig()) {
                rig.attach(DeviceConfig.DEFAULT.withFlowControl(flow));
                assertThat(register(rig, Reg.MFLCN) >>> 3 & 1).as("%s: obeys", flow).isEqualTo(flow.obeys() ? 1 : 0);
                assertThat(register(rig, Reg.FCCFG) >>> 3 & 1).as("%s: sends", flow).isEqualTo(flow.sends() ? 1 : 0);
                assertThat(rig.model.complaints()).isEmpty();
            }
        }
    }

    private static long register(CardRig rig, Reg r) {
        return rig.card.registers().stream().filter(v -> v.offset() == r.at(0)).mapToLong(RegisterValue::value).findFirst().orElseThrow();
    }

    @Test
    void theDumpHasNothingThatReadingChanges() {
        try (CardRig rig = new CardRig()) {
            rig.attach();
            Set<Long> offsets = new java.util.HashSet<>();
            rig.card.registers().forEach(v -> offsets.add(v.offset()));
            assertThat(offsets).contains((long) Reg.STATUS.at(0), (long) Reg.RDT.at(0)).doesNotContain((long) Reg.EICR.at(0), (long) Reg.SWSM.at(0), (long) Reg.RDT.at(1));
            for (Counter c : Counter.values()) {
                assertThat(offsets).doesNotContain((long) c.at(0));
            }
        }
    }

    // ---- the end ----

    @Test
    void afterDetachTheDeviceIsResetAndNobodysAnyMore() {
        try (CardRig rig = new CardRig()) {
            rig.attach();
            rig.engine.detach(rig.address);
            assertThat(rig.status().state()).isEqualTo(DeviceState.IDLE);
            assertThat(rig.status().buffersInFlight()).isZero();
            assertThat(rig.model.complaints()).isEmpty();
            rig.attach();
            CardRig.await("link", () -> rig.card.link().up());
        }
    }
}
