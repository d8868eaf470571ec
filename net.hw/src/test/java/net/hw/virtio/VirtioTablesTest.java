package net.hw.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import java.util.function.ToLongFunction;
import net.api.driver.Register;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VirtioTablesTest {
    @ParameterizedTest
    @ValueSource(classes = {CommonConfig.class, IsrStatus.class, NetConfig.class})
    void registersDoNotOverlapAndAreAligned(Class<? extends Register> table) {
        BitSet taken = new BitSet();
        for (Register r : table.getEnumConstants()) {
            for (int i = 0; i < r.count(); i++) {
                int at = r.at(i);
                assertThat(at % Math.min(r.width(), 4)).as(r.name()).isZero();
                assertThat(taken.get(at, at + r.width()).isEmpty()).as("%s[%d] at 0x%x overlaps", r.name(), i, at).isTrue();
                taken.set(at, at + r.width());
            }
            assertThat(r.meaning()).isNotBlank();
        }
        assertThat(taken.cardinality()).as("no holes").isEqualTo(taken.length());
    }

    @Test
    void commonConfigurationEndsWhereTheSpecificationSays() {
        assertThat(CommonConfig.QUEUE_DEVICE.offset() + CommonConfig.QUEUE_DEVICE.width()).isEqualTo(CommonConfig.SIZE_1_0).isEqualTo(56);
        assertThat(CommonConfig.DEVICE_STATUS.offset()).isEqualTo(20);
        assertThat(NetConfig.MTU.offset()).isEqualTo(10);
    }

    @Test
    void aFieldIsThereIfOneOfItsFeaturesIsOffered() {
        assertThat(NetConfig.MTU.isThere(Feature.MTU.mask())).isTrue();
        assertThat(NetConfig.MTU.isThere(~Feature.MTU.mask())).isFalse();
        assertThat(NetConfig.MAX_VIRTQUEUE_PAIRS.isThere(Feature.RSS.mask())).isTrue();
    }

    @Test
    void featureBitsAreDistinct() {
        Set<Integer> bits = new HashSet<>();
        for (Feature f : Feature.values()) {
            assertThat(bits.add(f.bit())).as(f.name()).isTrue();
            assertThat(f.in(f.mask())).isTrue();
            assertThat(f.in(~f.mask())).isFalse();
        }
        assertThat(Feature.text(Feature.MAC.mask() | Feature.VERSION_1.mask())).isEqualTo("0x0000000100000020 MAC, VERSION_1");
        assertThat(DeviceStatus.text(0x4f)).isEqualTo("0x4f ACKNOWLEDGE, DRIVER, DRIVER_OK, FEATURES_OK, DEVICE_NEEDS_RESET");
    }

    @Test
    void descriptorFieldsTakeAllOnesAndTouchNothingElse() {
        field(16, m -> VirtqDesc.set(m, 16, -1, 0, 0, 0), 0, 8, m -> VirtqDesc.addr(m, 16), -1);
        field(16, m -> VirtqDesc.set(m, 16, 0, -1, 0, 0), 8, 4, m -> VirtqDesc.len(m, 16), -1);
        field(16, m -> VirtqDesc.set(m, 16, 0, 0, -1, 0), 12, 2, m -> VirtqDesc.flags(m, 16), 0xffff);
        field(16, m -> VirtqDesc.set(m, 16, 0, 0, 0, -1), 14, 2, m -> VirtqDesc.next(m, 16), 0xffff);
        field(16, m -> VirtqDesc.setAddr(m, 16, -1), 0, 8, m -> VirtqDesc.addr(m, 16), -1);
        field(16, m -> VirtqDesc.setWord(m, 16, VirtqDesc.word(-1, -1, -1)), 8, 8, m -> VirtqDesc.len(m, 16), -1);
        assertThat(VirtqDesc.at(32, 3)).isEqualTo(80);
    }

    @Test
    void availableRingFieldsTakeAllOnesAndTouchNothingElse() {
        int n = 4;
        field(2, m -> VirtqAvail.setFlagsOpaque(m, 2, -1), 0, 2, m -> VirtqAvail.flagsOpaque(m, 2), 0xffff);
        field(2, m -> VirtqAvail.setIdxRelease(m, 2, -1), 2, 2, m -> VirtqAvail.idxAcquire(m, 2), 0xffff);
        field(2, m -> VirtqAvail.setEntry(m, 2, 3, -1), 10, 2, m -> VirtqAvail.entry(m, 2, 3), 0xffff);
        field(2, m -> VirtqAvail.setUsedEventOpaque(m, 2, n, -1), 12, 2, m -> VirtqAvail.usedEventOpaque(m, 2, n), 0xffff);
        assertThat(VirtqAvail.size(n)).isEqualTo(14);
    }

    @Test
    void usedRingFieldsTakeAllOnesAndTouchNothingElse() {
        int n = 4;
        field(4, m -> VirtqUsed.setFlagsOpaque(m, 4, -1), 0, 2, m -> VirtqUsed.flagsOpaque(m, 4), 0xffff);
        field(4, m -> VirtqUsed.setIdxRelease(m, 4, -1), 2, 2, m -> VirtqUsed.idxAcquire(m, 4), 0xffff);
        field(4, m -> VirtqUsed.setIdxRelease(m, 4, -1), 2, 2, m -> VirtqUsed.idxOpaque(m, 4), 0xffff);
        field(4, m -> VirtqUsed.setElement(m, 4, 3, -1, 0), 28, 4, m -> VirtqUsed.id(VirtqUsed.element(m, 4, 3)), -1);
        field(4, m -> VirtqUsed.setElement(m, 4, 3, 0, -1), 32, 4, m -> VirtqUsed.len(VirtqUsed.element(m, 4, 3)), -1);
        field(4, m -> VirtqUsed.setAvailEventOpaque(m, 4, n, -1), 36, 2, m -> VirtqUsed.availEventOpaque(m, 4, n), 0xffff);
        assertThat(VirtqUsed.size(n)).isEqualTo(38);
    }

    @Test
    void headerFieldsTakeAllOnesAndTouchNothingElse() {
        field(3, m -> NetHeader.setFlags(m, 3, -1), 0, 1, m -> NetHeader.flags(m, 3), 0xff);
        field(3, m -> NetHeader.setGsoType(m, 3, -1), 1, 1, m -> NetHeader.gsoType(m, 3), 0xff);
        field(3, m -> NetHeader.setFlags(m, 3, -1), 0, 1, m -> NetHeader.flagsAndGsoType(m, 3), 0xff);
        field(3, m -> NetHeader.setGsoType(m, 3, -1), 1, 1, m -> NetHeader.flagsAndGsoType(m, 3), 0xff00);
        field(3, m -> m.set(ValueLayout.JAVA_SHORT_UNALIGNED, 5, (short) -1), 2, 2, m -> NetHeader.hdrLen(m, 3), 0xffff);
        field(3, m -> m.set(ValueLayout.JAVA_SHORT_UNALIGNED, 7, (short) -1), 4, 2, m -> NetHeader.gsoSize(m, 3), 0xffff);
        field(3, m -> m.set(ValueLayout.JAVA_SHORT_UNALIGNED, 9, (short) -1), 6, 2, m -> NetHeader.csumStart(m, 3), 0xffff);
        field(3, m -> m.set(ValueLayout.JAVA_SHORT_UNALIGNED, 11, (short) -1), 8, 2, m -> NetHeader.csumOffset(m, 3), 0xffff);
        field(3, m -> NetHeader.setNumBuffers(m, 3, -1), 10, 2, m -> NetHeader.numBuffers(m, 3), 0xffff);
    }

    @Test
    void plainHeaderIsTwelveZerosAndNoMore() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment m = arena.allocate(32, 16).fill((byte) -1);
            NetHeader.setPlain(m, 5);
            for (int i = 0; i < 32; i++) {
                assertThat(m.get(ValueLayout.JAVA_BYTE, i)).as("byte %d", i).isEqualTo((byte) (i >= 5 && i < 17 ? 0 : -1));
            }
        }
    }

    private interface Write {
        void to(MemorySegment m);
    }

    /** In zeroed memory, the write sets exactly {@code width} bytes at base + at, and the read gives {@code expected}. */
    private static void field(int base, Write write, int at, int width, ToLongFunction<MemorySegment> read, long expected) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment m = arena.allocate(64, 16);
            write.to(m);
            assertThat(read.applyAsLong(m)).isEqualTo(expected);
            for (int i = 0; i < 64; i++) {
                assertThat(m.get(ValueLayout.JAVA_BYTE, i)).as("byte %d", i).isEqualTo((byte) (i >= base + at && i < base + at + width ? -1 : 0));
            }
        }
    }
}
