package net.driver.ixgbe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import net.api.DevException;
import net.api.NetBuf;
import net.api.RxInfo;
import net.api.device.DeviceState;
import net.api.driver.DeviceConfig;
import net.api.driver.RxOffload;
import net.hw.ixgbe.ControlBits.Ctrl;
import net.hw.ixgbe.ControlBits.Status;
import net.hw.ixgbe.InterruptBits.Cause;
import net.hw.ixgbe.InterruptBits.Ivar;
import net.hw.ixgbe.LinkBits.Autoc;
import net.hw.ixgbe.ReceiveBits.Fctrl;
import net.hw.ixgbe.ReceiveBits.Srrctl;
import net.hw.ixgbe.Reg;
import net.hw.ixgbe.RxDescriptor;
import net.hw.ixgbe.TransmitBits.Dmatxctl;
import net.hw.ixgbe.TransmitBits.Txdctl;
import net.pool.PoolSpec;
import net.sim.IxgbeConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Faults that drivers for this card in other runtimes have had, one test each. Those that have a home elsewhere:
 *
 * <ul>
 *   <li>fields of descriptors that are a bit too short: {@code IxgbeDescriptorsTest} of net.hw, each field against all ones; and the first test here;
 *   <li>waits without a bound on a device that is dead or gone: {@link DyingCardTest};
 *   <li>fewer than 32 frames under way that are never taken back, small rings that are full for ever, a doorbell and a report for each frame:
 *       {@link TxQueueTest#anIdleQueueIsReclaimedToTheEnd}, {@link TxQueueTest#everyRingIsReclaimedWhateverTheBatchesAre},
 *       {@link TxQueueTest#theTailIsWrittenOnceABatchAndReportsAreFarApart}, {@link WireTest#ringsOfEverySizeNeverStallHoweverFewFramesThereAre};
 *   <li>queues that are set up and never used, and no hash to spread over them: {@link CardTest#flowsAreSpreadOverQueuesAndEachStaysOnItsOwn},
 *       {@link WireTest#aFlowHasThePublishedHashAndTheQueueThatItChooses};
 *   <li>one id of the family's: {@link AttachTest#everyCardOfTheFamilyAttachesAndLinks};
 *   <li>frames of several buffers that end in a panic: {@link RxQueueTest}, {@link WireTest#framesOfEveryLengthAroundEveryBoundaryOfABufferAreWhole};
 *   <li>numbers of the device that index arrays unchecked: {@link HostileCardTest}, {@link CardTest#aHostileCardIsSetAsideWithoutLosingABuffer};
 *   <li>no way to shut a card down: {@link AttachTest#afterDetachTheDeviceIsResetAndNobodysAnyMore};
 *   <li>queues that two threads enter, buffers that go back to a pool that is not theirs, or twice: the contract suite of net.testkit.
 * </ul>
 */
class KnownFaultsTest {
    private static final int TYPE = 0x88b5;
    private static final IxgbeConfig BACKPLANE = IxgbeConfig.of(CardRig.MAC).withDeviceId(IxgbeConfig.BACKPLANE);

    private static boolean resets(Recorder.Access a) {
        return a.write() && a.offset() == Reg.CTRL.at(0) && (a.value() & Ctrl.RST) != 0;
    }

    // ---- descriptors ----

    /** A getter that was one bit too short lost the last bit of its field: of the VLAN tag, of the hash, of the errors (IPE). */
    @Test
    void theHighestBitsOfWhatADescriptorSaysArrive() {
        try (QueueRig rig = new QueueRig(64, 256, EnumSet.allOf(RxOffload.class))) {
            int status = RxDescriptor.DD | RxDescriptor.EOP | RxDescriptor.VP | RxDescriptor.IPCS | RxDescriptor.L4CS;
            rig.writeBack(RxDescriptor.word0(1, 0, 0, 0, false, 0x8000_0000), RxDescriptor.word1(status, RxDescriptor.IPE, 60, 0x8000));
            NetBuf[] one = new NetBuf[1];
            assertThat(rig.rx.receive(one, 0, 1)).isEqualTo(1);
            long info = one[0].rxInfo();
            assertThat(RxInfo.hash(info)).isEqualTo(0x8000_0000);
            assertThat(RxInfo.vlan(info)).isEqualTo(0x8000);
            assertThat(RxInfo.ip(info)).isEqualTo(RxInfo.Checksum.BAD);
            assertThat(RxInfo.l4(info)).isEqualTo(RxInfo.Checksum.GOOD);
            one[0].release();
        }
    }

    /**
     * Data and done bit were read without an order between them: only the processor's strong order kept frames whole. Here another thread is the device, and
     * writes the frame, then word 0, then word 1.
     */
    @Test
    @Timeout(120)
    void aFrameIsWholeAsSoonAsItsDescriptorIsDone() throws Exception {
        int frames = 100_000;
        try (QueueRig rig = new QueueRig(64, 256, EnumSet.of(RxOffload.RSS_HASH))) {
            Thread device = Thread.ofPlatform().daemon().start(() -> {
                for (int i = 0; i < frames; i++) {
                    while (rig.rxOwned() == 0) {
                        Thread.onSpinWait();
                    }
                    rig.put(rig.rxHead, i);
                    rig.writeBack(RxDescriptor.word0(1, 0, 0, 0, false, i), RxDescriptor.word1(RxDescriptor.DD | RxDescriptor.EOP, 0, 60 + i % 1000, 0));
                }
            });
            NetBuf[] batch = new NetBuf[32];
            int[] next = {0};
            CardRig.await("all frames", () -> {
                int n = rig.rx.receive(batch, 0, batch.length);
                for (int i = 0; i < n; i++, next[0]++) {
                    assertThat(batch[i].getInt(0)).isEqualTo(next[0]);
                    assertThat(batch[i].length()).isEqualTo(60 + next[0] % 1000);
                    assertThat(RxInfo.hash(batch[i].rxInfo())).isEqualTo(next[0]);
                    batch[i].release();
                }
                return next[0] == frames;
            });
            device.join();
        }
    }

    // ---- reset and waits ----

    /** The card was reset while it might have been writing to memory; it must be off the bus before: 5.2.5.3.2. */
    @Test
    void theCardIsOffTheBusBeforeItIsReset() {
        Recorder r = Recorder.attach(BACKPLANE, DeviceConfig.DEFAULT);
        int reset = r.first(KnownFaultsTest::resets);
        int disabled = r.first(a -> a.write() && a.offset() == Reg.CTRL.at(0) && (a.value() & Ctrl.MASTER_DISABLE) != 0);
        assertThat(disabled).isLessThan(reset);
        assertThat(r.accesses.subList(disabled, reset)).as("it says that it is off")
                .anyMatch(a -> !a.write() && a.offset() == Reg.STATUS.at(0) && (a.value() & Status.MASTER_ENABLED) == 0);
        int enable = r.first(a -> a.isWrite(Reg.RXDCTL) || a.isWrite(Reg.TXDCTL) && (a.value() & Txdctl.ENABLE) != 0);
        assertThat(enable).as("queues are enabled").isGreaterThan(r.last(KnownFaultsTest::resets));
    }

    /** A wait was given where a deadline was meant, and lasted no time: the card was accessed right after its reset. 10 ms: 4.2.1.6.1. */
    @Test
    void theCardHasItsTimeAfterAReset() {
        Recorder r = Recorder.attach(BACKPLANE, DeviceConfig.DEFAULT);
        for (int i = 0; i < r.accesses.size() - 1; i++) {
            if (resets(r.accesses.get(i))) {
                assertThat(r.accesses.get(i + 1).at() - r.accesses.get(i).at()).as("nanoseconds until the next access").isGreaterThanOrEqualTo(10_000_000);
            }
        }
    }

    /** A wait that the thread wakes up from early goes on. */
    @Test
    void aWaitLastsAsLongAsItShould() {
        VirtualClock clock = new VirtualClock();
        Clock sleepless = new Clock() {
            @Override
            public long nanoTime() {
                return clock.nanoTime();
            }

            @Override
            public void park(long nanos) {
                clock.park(nanos / 3);
            }
        };
        new Registers("test/card", new PlainRegisters(), sleepless).delay(9_000_000);
        assertThat(clock.now()).isBetween(9_000_000L, 10_000_000L);
    }

    // ---- interrupts ----

    /** MSI-X was set up in front of the reset that clears it, only for some causes, and masked by a register that sets: EIMS. */
    @Test
    void vectorsAreConnectedAfterTheResetForEveryQueueAndTheLinkAndMaskedByTheMask() {
        Recorder r = Recorder.attach(BACKPLANE, CardRig.config(3, 256));
        int reset = r.last(KnownFaultsTest::resets);
        for (Reg reg : List.of(Reg.GPIE, Reg.IVAR, Reg.IVAR_MISC, Reg.EIAM_EX, Reg.EIAC, Reg.EITR, Reg.EIMS_EX)) {
            assertThat(r.first(a -> a.isWrite(reg))).as(reg.name()).isGreaterThan(reset);
        }
        assertThat(r.lastValue(Reg.IVAR, 0)).as("queues 0 and 1").isEqualTo((Ivar.VALID | 0) << Ivar.rxShift(0) | (Ivar.VALID | 1) << Ivar.rxShift(1));
        assertThat(r.lastValue(Reg.IVAR, 1)).as("queue 2").isEqualTo((Ivar.VALID | 2) << Ivar.rxShift(0));
        assertThat(r.lastValue(Reg.IVAR_MISC, 0)).as("all other causes").isEqualTo((Ivar.VALID | 3) << Ivar.OTHER_SHIFT);
        assertThat(r.lastValue(Reg.EIMS, 0)).isEqualTo(Cause.LSC);
        assertThat(r.lastValue(Reg.EIMS_EX, 0)).as("the other causes alone, until somebody waits").isEqualTo(1 << 3);
        assertThat(r.lastValue(Reg.EIAM_EX, 0)).as("its own message masks a vector").isEqualTo(-1);
        assertThat(r.writes(Reg.EIMC_EX)).isNotEmpty().allMatch(a -> a.value() == -1);
        assertThat(r.writes(Reg.EIMS)).allMatch(a -> a.value() == Cause.LSC);
    }

    // ---- registers ----

    /** Packet buffers of traffic classes that are not there were given room, the EtherType of VLAN tags was overwritten, and a field of 12 bits got 16. */
    @Test
    void transmitRegistersHaveWhatTheDatasheetWants() {
        Recorder r = Recorder.attach(BACKPLANE, DeviceConfig.DEFAULT);
        assertThat(r.lastValue(Reg.TXPBSIZE, 0)).isEqualTo(160 << 10);
        for (int i = 1; i < 8; i++) {
            assertThat(r.lastValue(Reg.TXPBSIZE, i)).isZero();
            assertThat(r.lastValue(Reg.RXPBSIZE, i)).isZero();
        }
        assertThat(r.lastValue(Reg.DMATXCTL, 0) >>> Dmatxctl.VT_SHIFT).isEqualTo(0x8100);
        assertThat(r.lastValue(Reg.DMATXCTL, 0) & Dmatxctl.TE).isEqualTo(Dmatxctl.TE);
        assertThat(r.lastValue(Reg.DTXMXSZRQ, 0)).isEqualTo(0xfff);
        assertThat(r.lastValue(Reg.RTTDCS, 0) & 1 << 6).as("the arbiter is on again").isZero();
    }

    /** The card was promiscuous, tables of whoever had it before stayed, and the mode of its link was forced. */
    @Test
    void nothingPassesThatNobodyAskedForAndTheLinkKeepsItsMode() {
        Recorder r = Recorder.attach(BACKPLANE, DeviceConfig.DEFAULT);
        assertThat(r.lastValue(Reg.FCTRL, 0)).isEqualTo(Fctrl.BAM);
        for (Reg table : List.of(Reg.MTA, Reg.VFTA, Reg.PFUTA, Reg.MPSAR)) {
            for (int i = 0; i < table.count(); i++) {
                assertThat(r.lastValue(table, i)).as("%s[%d]", table, i).isZero();
            }
        }
        for (int i = 1; i < Reg.RAH.count(); i++) {
            assertThat(r.lastValue(Reg.RAH, i)).as("RAH[%d]", i).isZero();
        }
        assertThat(r.writes(Reg.AUTOC)).isNotEmpty().allMatch(a -> (a.value() & Autoc.LMS) == (Reg.AUTOC.reset(0) & Autoc.LMS));
    }

    /** The size of buffers was left at what the card has after a reset. */
    @ParameterizedTest
    @ValueSource(ints = {2048, 4096, 16_384})
    void theCardIsToldHowLargeBuffersAre(int room) {
        VirtualClock clock = new VirtualClock();
        Recorder driver = new Recorder(clock);
        try (CardRig rig = new CardRig(BACKPLANE, clock.limits(), new PoolSpec("default", 512, room))) {
            rig.engine.addDriver(driver).settle();
            driver.attached = true;
            assertThat(driver.lastValue(Reg.SRRCTL, 0) & Srrctl.BSIZEPACKET).isEqualTo(room / 1024);
            assertThat(driver.lastValue(Reg.SRRCTL, 0) & Srrctl.DESCTYPE).isEqualTo(Srrctl.DESCTYPE_ADVANCED);
        }
    }

    /** Rings were 8 bytes aligned where 128 are needed, and address 0 was used when there was no memory. */
    @Test
    void ringsAreAlignedAndWithoutMemoryForThemThereIsNoCard() {
        Recorder r = Recorder.attach(BACKPLANE, CardRig.config(2, 64));
        for (int i = 0; i < 2; i++) {
            assertThat(r.lastValue(Reg.RDBAL, i) & 127).isZero();
            assertThat(r.lastValue(Reg.TDBAL, i) & 127).isZero();
        }
        VirtualClock clock = new VirtualClock();
        Recorder poor = new Recorder(clock);
        try (CardRig rig = new CardRig(BACKPLANE, clock.limits())) {
            for (int there = 0; there < 4; there++) {
                poor.allocationsLeft = there;
                if (there == 0) {
                    rig.engine.configureDevice(rig.address, CardRig.config(2, 64)).addDriver(poor).settle();
                } else {
                    assertThatThrownBy(() -> rig.engine.attach(rig.address)).hasMessageContaining("no memory for");
                }
                assertThat(rig.status().state()).isNotEqualTo(DeviceState.ATTACHED);
                assertThat(rig.status().reason()).contains("no memory for");
                assertThat(rig.pool.statistics().inUse()).isZero();
            }
            assertThat(poor.writes(Reg.RDBAL)).noneMatch(a -> a.value() == 0);
            poor.allocationsLeft = Integer.MAX_VALUE;
            rig.engine.attach(rig.address);
            assertThat(rig.status().state()).isEqualTo(DeviceState.ATTACHED);
        }
    }

    // ---- buffers ----

    /** Frames that had come while the pool was empty ended in a panic. They are received, and what is missing is filled in later. */
    @Test
    void framesThatAreThereAreReceivedWithAnEmptyPool() {
        try (QueueRig rig = new QueueRig(64, 96)) {
            NetBuf[] rest = new NetBuf[64];
            int taken = rig.pool.allocate(rest, 0, rest.length);
            assertThat(taken).isEqualTo(32);
            for (int i = 0; i < 60; i++) {
                rig.frame(60, i);
            }
            NetBuf[] got = new NetBuf[64];
            assertThat(rig.rx.receive(got, 0, 64)).isEqualTo(60);
            assertThat(rig.rx.counters().get(IxgbeRxQueue.NO_BUF)).isPositive();
            assertThat(rig.rx.receive(got, 60, 4)).isZero();
            rig.pool.release(got, 0, 60);
            rig.rx.receive(got, 0, 64);
            assertThat(rig.rxOwned()).as("descriptors of the device").isGreaterThan(31);
            rig.pool.release(rest, 0, taken);
        }
    }

    /** Buffer number 0 could not be given out: its number was taken for a pointer. All of a pool work, down to the last. */
    @Test
    void everyBufferOfAPoolIsGivenOutReceivedIntoAndSent() {
        try (CardRig rig = new CardRig(BACKPLANE, CardRig.PATIENT, 96)) {
            rig.attach(CardRig.config(1, 64));
            NetBuf[] all = new NetBuf[32];
            assertThat(rig.pool.allocate(all, 0, 32)).isEqualTo(32);
            Set<Integer> seen = new java.util.HashSet<>();
            for (NetBuf b : all) {
                seen.add(b.index());
                b.setLength(60);
            }
            for (int i = 0; i < 64; i++) {
                rig.put(Packet.of(CardRig.MAC, TYPE, 60));
                NetBuf b = rig.received();
                seen.add(b.index());
                if (i < 32) {
                    rig.send(all[i]);
                    rig.taken();
                }
                b.release();
            }
            assertThat(seen).as("also number 0").contains(0).hasSizeGreaterThanOrEqualTo(64);
        }
    }

    /** A received buffer that was sent on left shifted by what stands in front of the frame. */
    @ParameterizedTest
    @ValueSource(ints = {60, 61, 333, 1514})
    void aReceivedFrameThatIsSentOnIsTheSameFrame(int length) {
        try (CardRig rig = new CardRig()) {
            rig.attach();
            byte[] frame = Packet.of(CardRig.MAC, TYPE, length);
            for (int i = 0; i < 3; i++) {
                rig.put(frame);
                rig.send(rig.received());
                assertThat(rig.taken()).isEqualTo(frame);
            }
        }
    }

    /** Each refused frame took a place of the queue with it, until there was none. */
    @Test
    void refusedFramesCostNothing() {
        try (QueueRig rig = new QueueRig(64, 256)) {
            NetBuf tooLong = rig.buffer(1519);
            NetBuf[] one = {tooLong};
            for (int i = 0; i < 1000; i++) {
                assertThatThrownBy(() -> rig.tx.transmit(one, 0, 1)).isInstanceOf(DevException.class);
                assertThat(one[0]).isSameAs(tooLong);
            }
            tooLong.release();
            assertThat(rig.tx.transmit(rig.buffers(63, 60), 0, 63)).isEqualTo(63);
        }
    }

    /** Readiness was a guess: always ready to send, ready to receive whatever the card said. */
    @Test
    void readinessIsTheTruth() {
        try (QueueRig rig = new QueueRig(64, 256)) {
            assertThat(rig.rx.canReceive()).isFalse();
            rig.frame(60, 0);
            assertThat(rig.rx.canReceive()).isTrue();
            assertThat(rig.tx.canTransmit()).isTrue();
            NetBuf[] batch = rig.buffers(63, 60);
            assertThat(Arrays.asList(batch)).hasSize(63);
            assertThat(rig.tx.transmit(batch, 0, 63)).isEqualTo(63);
            assertThat(rig.tx.canTransmit()).isFalse();
            rig.transmit(63);
            assertThat(rig.tx.canTransmit()).isTrue();
        }
    }

    /** The mode that the settings begin with is the one that the card has. */
    @Test
    void theModeOfTheSettingsIsThatOfTheCard() {
        DeviceConfig open = new DeviceConfig(1, 1, 256, 256, 0, java.util.Optional.empty(), true, false, true, 16);
        assertThat(Recorder.attach(BACKPLANE, open).lastValue(Reg.FCTRL, 0)).isEqualTo(Fctrl.BAM | Fctrl.UPE | Fctrl.MPE);
    }
}
