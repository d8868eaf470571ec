package net.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Registers as the datasheet has them: 8.2.3, offsets and values as literals. */
class IxgbeRegisterTest {
    @Test
    void configuration_space_is_that_of_the_card() {
        try (RawIxgbe c = new RawIxgbe()) {
            assertThat(c.host.read(c.at, 0x00, 4)).isEqualTo(0x10fb_8086);
            assertThat(c.host.read(c.at, 0x08, 4) >>> 8).as("class").isEqualTo(0x02_0000);
            assertThat(c.host.read(c.at, 0x40, 1)).as("power management").isEqualTo(0x01);
            assertThat(c.host.read(c.at, 0x70, 1)).as("MSI-X").isEqualTo(0x11);
            assertThat(c.host.read(c.at, 0x72, 2) & 0x7ff).as("vectors less one").isEqualTo(63);
            assertThat(c.host.read(c.at, 0x74, 4)).as("table in BAR 4").isEqualTo(4);
            assertThat(c.host.read(c.at, 0x78, 4)).as("pending bits").isEqualTo(0x2004);
            assertThat(c.host.read(c.at, 0xa0, 1)).as("PCI Express").isEqualTo(0x10);
            assertThat(c.host.read(c.at, 0xb2, 2) & 0x3ff).as("eight lanes, 5 GT/s").isEqualTo(0x82);
            assertThat(c.host.read(c.at, 0x100, 2)).as("serial number").isEqualTo(0x0003);
            assertThat(c.host.read(c.at, 0x104, 4)).isEqualTo(0xff00_0021);
            assertThat(c.host.read(c.at, 0x108, 4)).isEqualTo(0x0200_00ff);
        }
    }

    @Test
    void registers_hold_their_values_of_the_datasheet_after_reset() {
        try (RawIxgbe c = new RawIxgbe()) {
            int[][] expected = {{0x00000, 0}, {0x00008, 0x0008_0080}, {0x00018, 0}, {0x00200, 0x0504_0100}, {0x02f00, 0x0010_8808}, {0x03c00, 0x8_0000},
                {0x03c04, 0}, {0x0cc00, 0x2_8000}, {0x0cc1c, 0}, {0x04240, 0x0801_2c0b}, {0x04268, 0x05ee_0000}, {0x05088, 0x8100},
                {0x04a80, 0x8100_0004}, {0x01014, 0x402}, {0x0600c, 0x2a00}, {0x08100, 0x10}, {0x04900, 0x00c0_0000}, {0x08d04, 1}, {0x08804, 1}, {0x03000, 0}, {0x05818, 0}, {0x04950, 0x96},
                {0x04954, 0}, {0x10150, 4}};
            for (int[] e : expected) {
                assertThat(c.r(e[0])).as("0x%05x", e[0]).isEqualTo(e[1]);
            }
        }
    }

    @Test
    void only_bits_that_can_be_written_change() {
        try (RawIxgbe c = new RawIxgbe()) {
            int[][] masks = {{0x03000, 1}, {0x01000, 0xffff_ff80}, {0x01008, 0xf_ff80}, {0x05404, 0x8000_ffff}, {0x05c00, 0x0f0f_0f0f}, {0x05090, 7},
                {0x00008, 0}, {0x08d00, 3}, {0x0c800, 0xff_ffff}, {0x03220, 0x8007_fff0}, {0x03260, 0x8007_fff0}, {0x03008, -1}, {0x05200, -1}};
            for (int[] m : masks) {
                int before = c.r(m[0]);
                c.w(m[0], -1);
                assertThat(c.r(m[0]) & m[1]).as("ones in 0x%05x", m[0]).isEqualTo(m[1]);
                assertThat(c.r(m[0]) & ~m[1]).as("the rest of 0x%05x", m[0]).isEqualTo(before & ~m[1]);
                c.w(m[0], 0);
                assertThat(c.r(m[0]) & m[1]).as("zeros in 0x%05x", m[0]).isZero();
            }
        }
    }

    @Test
    void registers_of_the_82598_are_the_same_ones_elsewhere() {
        try (RawIxgbe c = new RawIxgbe()) {
            int[][] aliases = {{0x05418, 0x0a218}, {0x0540c, 0x0a20c}, {0x05c04, 0x0eb04}, {0x05c80, 0x0eb80}, {0x05818, 0x0ec80}, {0x02100, 0x01014},
                {0x0213c, 0x013d4}, {0x02204, 0x0104c}, {0x05480, 0x0ea00}, {0x00004, 0x00000}};
            for (int[] a : aliases) {
                c.w(a[0], 0x0101_0004);
                assertThat(c.r(a[1])).as("0x%05x after a write of 0x%05x", a[1], a[0]).isEqualTo(c.r(a[0]));
                c.w(a[1], 0);
                assertThat(c.r(a[0])).as("0x%05x after a write of 0x%05x", a[0], a[1]).isEqualTo(c.r(a[1]));
            }
        }
    }

    @Test
    void arrays_have_each_place_of_their_own() {
        try (RawIxgbe c = new RawIxgbe()) {
            for (int i = 0; i < 128; i++) {
                c.w((i < 64 ? 0x01000 : 0x0d000 - 64 * 0x40) + 0x40 * i, i << 7);
                c.w(0x06000 + 0x40 * i, 128 + i << 7);
                c.w(0x0a000 + 4 * i, i);
            }
            for (int i = 0; i < 128; i++) {
                assertThat(c.r((i < 64 ? 0x01000 : 0x0d000 - 64 * 0x40) + 0x40 * i)).isEqualTo(i << 7);
                assertThat(c.r(0x06000 + 0x40 * i)).isEqualTo(128 + i << 7);
                assertThat(c.r(0x0a000 + 4 * i)).isEqualTo(i);
            }
        }
    }

    @Test
    void where_there_is_no_register_there_are_zeros() {
        try (RawIxgbe c = new RawIxgbe()) {
            c.w(0x00ff0, -1);
            c.w(0x7fffc, -1);
            assertThat(c.r(0x00ff0)).isZero();
            assertThat(c.r(0x7fffc)).isZero();
        }
    }

    @Test
    void narrow_reads_see_the_bytes_and_narrow_writes_do_nothing() {
        try (RawIxgbe c = new RawIxgbe()) {
            assertThat(c.bar.read16(0x04242)).isEqualTo(0x0801);
            assertThat(c.bar.read8(0x04241)).isEqualTo(0x2c);
            c.bar.write16(0x05200, 0xffff);
            assertThat(c.r(0x05200)).isZero();
        }
    }

    @Test
    void counters_are_cleared_by_reading_and_not_by_writing() throws InterruptedException {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            RawIxgbe.Ring tx = c.tx(0, 32, 2048);
            c.send(tx, RawIxgbe.frame(RawIxgbe.PEER, 100));
            c.w(0x04080, 0);
            assertThat(c.r(0x04080)).as("good frames sent").isEqualTo(1);
            assertThat(c.r(0x04080)).isZero();
            assertThat(c.r(0x04090)).as("their octets").isEqualTo(104);
            assertThat(c.r(0x04090)).isZero();
            assertThat(c.model.complaints()).isEmpty();
        }
    }

    @Test
    void a_software_reset_brings_everything_back_but_the_semaphores() {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            c.rx(3, 64, 2);
            c.w(0x05200, 0x1234);
            assertThat(c.r(0x10140) & 1).as("free").isZero();
            c.w(0x10140, 3);
            c.w(0x10160, 1);
            c.w(0x00000, 0x0400_0000);
            assertThat(c.r(0x00000)).as("cleared itself").isZero();
            assertThat(c.r(0x05200)).isZero();
            assertThat(c.r(0x03000)).isZero();
            assertThat(c.r(0x010e8)).as("queue 3 stands").isZero();
            assertThat(c.r(0x010d0)).as("its head").isZero();
            assertThat(c.r(0x10160)).as("still held").isEqualTo(1);
            assertThat(c.r(0x05400)).as("address from the EEPROM").isEqualTo(0x0000_0002);
            assertThat(c.r(0x05404)).isEqualTo(0x8000_2100);
        }
    }

    @Test
    void master_disable_stops_the_device_and_says_so() {
        try (RawIxgbe c = new RawIxgbe()) {
            c.start();
            RawIxgbe.Ring tx = c.tx(0, 32, 2048);
            assertThat(c.r(0x00008) & 1 << 19).isNotZero();
            c.w(0x00000, 4);
            assertThat(c.r(0x00008) & 1 << 19).isZero();
            int i = c.put(tx, RawIxgbe.frame(RawIxgbe.PEER, 60));
            c.ring(tx);
            // A register read comes behind the doorbell's work only by chance: enough of them, and a frame that cannot have gone.
            for (int n = 0; n < 1000; n++) {
                c.r(0x06010);
            }
            assertThat(c.isDone(tx, i)).isFalse();
            c.w(0x00000, 0);
            Wait.until("sent when it is enabled again", () -> c.isDone(tx, i));
        }
    }
}
