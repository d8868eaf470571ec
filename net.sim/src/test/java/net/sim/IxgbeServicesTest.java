package net.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.api.DevException;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** EEPROM, semaphores, MDIO, the module's EEPROM behind I2C, and the link. */
class IxgbeServicesTest {
    @ParameterizedTest
    @EnumSource(value = SfpModule.class, names = {"DIRECT_ATTACH", "SHORT_RANGE"})
    void the_words_of_the_eeprom_add_up(SfpModule module) {
        try (RawIxgbe c = new RawIxgbe(IxgbeConfig.of(RawIxgbe.MAC).withModule(module))) {
            c.model.allowAnyModule(module == SfpModule.SHORT_RANGE);
            int sum = 0;
            for (int i = 0; i <= 0x3f; i++) {
                sum += c.eeprom(i);
            }
            for (int p = 3; p < 0x0f; p++) {
                int at = c.eeprom(p);
                if (at != 0 && at != 0xffff) {
                    for (int i = 1; i <= c.eeprom(at); i++) {
                        sum += c.eeprom(at + i);
                    }
                }
            }
            assertThat(sum & 0xffff).isEqualTo(0xbaba);
            assertThat(c.r(0x10010) & 0x300).as("present, read").isEqualTo(0x300);
        }
    }

    @Test
    void firmware_version_and_start_sequences_are_there_for_modules() {
        try (RawIxgbe c = new RawIxgbe()) {
            int firmware = c.eeprom(0x0f);
            assertThat(firmware).isNotIn(0, 0xffff);
            assertThat(c.eeprom(c.eeprom(firmware + 4) + 7)).as("version of the pass-through code").isGreaterThan(5);
            // Pairs behind a word with the length.
            int list = c.eeprom(0x2b) + 1;
            boolean found = false;
            for (int i = 0; c.eeprom(list + i) != 0xffff; i += 2) {
                found |= c.eeprom(list + i) == 3 && c.eeprom(list + i + 1) != 0xffff;
            }
            assertThat(found).as("sequence for a direct attach cable").isTrue();
        }
    }

    @Test
    void a_semaphore_is_taken_by_who_reads_it_free() {
        try (RawIxgbe c = new RawIxgbe()) {
            assertThat(c.r(0x10140)).isZero();
            assertThat(c.r(0x10140)).isEqualTo(1);
            c.w(0x10140, 3);
            assertThat(c.r(0x10140)).isEqualTo(3);
            c.w(0x10160, 0x8);
            assertThat(c.r(0x10160)).isEqualTo(0x8);
            c.w(0x10140, 0);
            assertThat(c.r(0x10140)).isZero();
            assertThat(c.model.complaints()).isEmpty();
            c.w(0x10140, 0);
            c.w(0x10160, 0);
            assertThat(c.model.complaints()).hasSize(1).first().asString().contains("SWESMBI");
        }
    }

    /** 3.5: software moves both wires; each step as UM10204 has it. */
    private static final class I2c {
        private final RawIxgbe c;

        I2c(RawIxgbe c) {
            this.c = c;
        }

        private void drive(boolean clock, boolean data) {
            c.w(0x28, (clock ? 2 : 0) | (data ? 8 : 0));
        }

        private boolean data() {
            return (c.r(0x28) & 4) != 0;
        }

        void start() {
            drive(true, true);
            drive(true, false);
            drive(false, false);
        }

        void stop() {
            drive(false, false);
            drive(true, false);
            drive(true, true);
        }

        private boolean bit(boolean out) {
            drive(false, out);
            drive(true, out);
            boolean in = data();
            drive(false, out);
            return in;
        }

        /** True if it was acknowledged. */
        boolean out(int value) {
            for (int i = 7; i >= 0; i--) {
                bit((value >>> i & 1) == 1);
            }
            return !bit(true);
        }

        int in(boolean more) {
            int v = 0;
            for (int i = 0; i < 8; i++) {
                v = v << 1 | (bit(true) ? 1 : 0);
            }
            bit(!more);
            return v;
        }

        int read(int address) {
            start();
            if (!out(0xa0) || !out(address)) {
                stop();
                return -1;
            }
            start();
            boolean heard = out(0xa1);
            int v = in(false);
            stop();
            return heard ? v : -1;
        }
    }

    @ParameterizedTest
    @EnumSource(value = SfpModule.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void a_module_tells_who_it_is(SfpModule module) {
        try (RawIxgbe c = new RawIxgbe(IxgbeConfig.of(RawIxgbe.MAC).withModule(module))) {
            I2c i2c = new I2c(c);
            int[] e = new int[128];
            Arrays.setAll(e, i2c::read);
            assertThat(e[0]).as("SFP or SFP+").isEqualTo(3);
            assertThat(Arrays.stream(e, 0, 63).sum() & 0xff).as("check code of the base").isEqualTo(e[63]);
            assertThat(Arrays.stream(e, 64, 95).sum() & 0xff).as("check code of the rest").isEqualTo(e[95]);
            switch (module) {
                case DIRECT_ATTACH -> assertThat(e[8] & 0x4).as("passive copper").isNotZero();
                case SHORT_RANGE -> assertThat(e[3]).as("10GBASE-SR").isEqualTo(0x10);
                case LONG_RANGE -> assertThat(e[60] << 8 | e[61]).isEqualTo(1310);
                default -> assertThat(e[3]).isZero();
            }
        }
    }

    @Test
    void several_bytes_come_in_a_row_and_other_devices_do_not_answer() {
        try (RawIxgbe c = new RawIxgbe()) {
            I2c i2c = new I2c(c);
            i2c.start();
            assertThat(i2c.out(0xa0)).isTrue();
            assertThat(i2c.out(20)).isTrue();
            i2c.start();
            assertThat(i2c.out(0xa1)).isTrue();
            StringBuilder s = new StringBuilder();
            for (int i = 0; i < 6; i++) {
                s.append((char) i2c.in(i < 5));
            }
            i2c.stop();
            assertThat(s.toString()).isEqualTo("HOTNIC");
            i2c.start();
            assertThat(i2c.out(0xf8)).as("no thermal sensor").isFalse();
            i2c.stop();
        }
    }

    @Test
    void an_empty_cage_has_neither_module_nor_link() {
        try (RawIxgbe c = new RawIxgbe(IxgbeConfig.of(RawIxgbe.MAC).withModule(SfpModule.NONE))) {
            assertThat(new I2c(c).read(0)).isEqualTo(-1);
            assertThat(c.r(0x20) & 4).as("SDP2").isZero();
            assertThat(c.r(0x042a4) & 1 << 30).isZero();
            c.model.setModule(SfpModule.SHORT_RANGE);
            assertThat(new I2c(c).read(3)).isEqualTo(0x10);
            assertThat(c.r(0x20) & 4).isEqualTo(4);
            assertThat(c.r(0x042a4) & 1 << 30).isNotZero();
        }
    }

    @Test
    void the_link_follows_the_cable_and_a_low_is_kept_until_it_is_read() {
        try (RawIxgbe c = new RawIxgbe()) {
            c.r(0x042a4);
            assertThat(c.r(0x042a4) & 0x7000_0080).as("up, 10 Gb/s, and was not down").isEqualTo(0x7000_0080);
            c.model.port().cable().setUp(false);
            c.model.port().cable().setUp(true);
            assertThat(c.r(0x042a4) & 0x4000_0080).as("up, but was down").isEqualTo(0x4000_0000);
            assertThat(c.r(0x042a4) & 0x4000_0080).isEqualTo(0x4000_0080);
            c.model.port().cable().setUp(false);
            assertThat(c.r(0x042a4)).isZero();
            assertThat(c.r(0x00008) & 0x80).isZero();
        }
    }

    @Test
    void autoc_chooses_speed_and_negotiation() {
        try (RawIxgbe c = new RawIxgbe(IxgbeConfig.of(RawIxgbe.MAC).withDeviceId(IxgbeConfig.BACKPLANE))) {
            assertThat(c.r(0x042a0) >>> 13 & 7).as("KX4, KX, KR by negotiation").isEqualTo(4);
            assertThat(c.r(0x042a4) & 1 << 31).as("negotiated").isNotZero();
            assertThat(c.r(0x042b0) & 0xf_0000).as("arbitration has run").isNotZero();
            c.w(0x042a0, c.r(0x042a0) & ~0xe000 | 1 << 12);
            assertThat(c.r(0x042a0) & 1 << 12).as("restart clears itself").isZero();
            assertThat(c.r(0x042a4) >>> 28).as("1 Gb/s, up, not negotiated").isEqualTo(0x6);
            assertThat(c.r(0x042b0)).as("begun by the restart, no abilities").isEqualTo(0x1_0000);
            c.w(0x00000, 1 << 3 | 1 << 26);
            c.w(0x042a0, c.r(0x042a0) & ~0xe000);
            assertThat(c.r(0x042b0)).as("not begun").isZero();
        }
    }

    @Test
    void mdio_answers_for_a_phy_and_with_ones_without() {
        try (RawIxgbe copper = new RawIxgbe(IxgbeConfig.of(RawIxgbe.MAC).withDeviceId(0x151c)); RawIxgbe fiber = new RawIxgbe()) {
            assertThat(mdio(copper, 0, 1, 2)).isEqualTo(0x00a1);
            assertThat(mdio(copper, 0, 1, 3)).isEqualTo(0x9410);
            assertThat(mdio(copper, 0, 1, 8) & 0xc000).as("a device answers").isEqualTo(0x8000);
            assertThat(mdio(copper, 1, 1, 2)).isEqualTo(0xffff);
            assertThat(mdio(fiber, 0, 1, 2)).isEqualTo(0xffff);
        }
    }

    /** 3.7.6.2.1: address cycle, read cycle. */
    private static int mdio(RawIxgbe c, int phy, int device, int register) {
        c.w(0x0425c, register | device << 16 | phy << 21 | 1 << 30);
        assertThat(c.r(0x0425c) & 1 << 30).isZero();
        c.w(0x0425c, device << 16 | phy << 21 | 3 << 26 | 1 << 30);
        assertThat(c.r(0x0425c) & 1 << 30).isZero();
        return c.r(0x04260) >>> 16;
    }

    @Test
    void other_device_ids_are_no_82599() {
        Assertions.assertThatThrownBy(() -> IxgbeConfig.of(RawIxgbe.MAC).withDeviceId(0x1528)).isInstanceOf(DevException.class).hasMessageContaining("0x1528");
    }
}
