package net.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Mmio;
import net.api.device.PciAddress;
import net.api.host.HostListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Configuration space, bridges and decoding. The registers of a function behave so on QEMU too; slots and bridges are this host's own. */
class PciTest {
    private final SimHost host = new SimHost("test");
    private final VirtioNetModel card = new VirtioNetModel(VirtioNetConfig.of(Bench.MAC0));
    private final PciAddress at = new PciAddress(0, 0, 1, 0);

    @AfterEach
    void close() {
        host.close(0);
    }

    private void plug() {
        host.plug(card, false);
    }

    @Test
    void nothing_there_reads_all_ones_in_the_width() {
        plug();
        PciAddress empty = new PciAddress(0, 0, 9, 0);
        assertThat(host.read(empty, 0, 4)).isEqualTo(-1);
        assertThat(host.read(empty, 0, 2)).isEqualTo(0xffff);
        assertThat(host.read(at.withFunction(1), 0, 1)).isEqualTo(0xff);
        assertThat(host.read(new PciAddress(1, 0, 1, 0), 0, 4)).isEqualTo(-1);
        host.write(empty, 4, 2, 7);
    }

    @Test
    void ids_cannot_be_written() {
        plug();
        host.write(at, 0, 4, 0);
        host.write(at, 8, 4, 0);
        host.write(at, 0x2c, 4, 0);
        assertThat(host.read(at, 0, 4)).isEqualTo(0x1041_1af4);
        assertThat(host.read(at, 8, 4)).isEqualTo(0x0200_0001);
        assertThat(host.read(at, 0x2c, 2)).isEqualTo(0x1af4);
    }

    @Test
    void bars_answer_their_size_and_keep_their_kind() {
        plug();
        for (int i = 0; i < 6; i++) {
            host.write(at, 0x10 + 4 * i, 4, -1);
        }
        assertThat(host.read(at, 0x10, 4)).isEqualTo(0xffff_f000);
        assertThat(host.read(at, 0x14, 4)).isZero();
        assertThat(host.read(at, 0x18, 4)).isEqualTo(0xffff_c00c);
        assertThat(host.read(at, 0x1c, 4)).isEqualTo(-1);
        assertThat(host.read(at, 0x20, 4)).isZero();
    }

    @Test
    void command_keeps_what_is_implemented() {
        plug();
        host.write(at, 4, 2, 0xffff);
        assertThat(host.read(at, 4, 2)).isEqualTo(0x0546);
    }

    @Test
    void capability_list_ends_and_has_all_kinds() {
        plug();
        List<Integer> ids = new ArrayList<>();
        for (int c = host.read(at, 0x34, 1); c != 0 && ids.size() < 48; c = host.read(at, c + 1, 1)) {
            ids.add(host.read(at, c, 1));
        }
        assertThat(ids).containsExactlyInAnyOrder(0x10, 0x09, 0x09, 0x09, 0x09, 0x09, 0x11);
        assertThat(host.read(at, 6, 2) & 0x10).isEqualTo(0x10);
        assertThat(host.read(at, 0x100, 4)).isZero();
    }

    @Test
    void misaligned_configuration_access_is_refused() {
        plug();
        assertThatThrownBy(() -> host.read(at, 2, 4)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.INVALID_PARAM));
        assertThatThrownBy(() -> host.write(at, 0, 3, 0)).isInstanceOf(DevException.class);
        assertThat(host.read(at, 4096, 4)).isEqualTo(-1);
    }

    @Test
    void registers_answer_only_while_memory_is_decoded_where_the_bar_is() {
        plug();
        RawPci.setUp(host);
        RawCard raw = new RawCard(host, at);
        assertThat(raw.status()).isZero();
        raw.setStatus(1);
        host.write(at, 4, 2, 4);
        assertThat(raw.status()).isEqualTo(0xff);
        raw.setStatus(3);
        host.write(at, 4, 2, 6);
        assertThat(raw.status()).isEqualTo(1);
        int low = host.read(at, 0x18, 4);
        host.write(at, 0x18, 4, low + 0x10_0000);
        assertThat(raw.status()).isEqualTo(0xff);
        host.write(at, 0x18, 4, low);
        assertThat(raw.status()).isEqualTo(1);
    }

    @Test
    void behind_a_bridge_nothing_answers_before_bus_windows_and_memory_are_set() {
        host.plug(card, true);
        PciAddress port = new PciAddress(0, 0, 1, 0);
        assertThat(host.read(port, 0x0e, 1)).isEqualTo(1);
        assertThat(host.read(port, 0x08, 4) >>> 8).isEqualTo(0x060400);
        assertThat(host.address(card)).isEmpty();
        RawPci.setUp(host);
        PciAddress behind = host.address(card).orElseThrow();
        assertThat(behind).isEqualTo(new PciAddress(0, 1, 0, 0));
        RawCard raw = new RawCard(host, behind);
        assertThat(raw.status()).isZero();
        host.write(port, 4, 2, 4);
        assertThat(raw.status()).isEqualTo(0xff);
        host.write(port, 4, 2, 6);
        assertThat(raw.status()).isZero();
        int limit = host.read(port, 0x2c, 4);
        host.write(port, 0x2c, 4, 0);
        assertThat(raw.status()).isEqualTo(0xff);
        host.write(port, 0x2c, 4, limit);
        host.write(port, 0x19, 1, 0);
        assertThat(host.read(behind, 0, 4)).isEqualTo(-1);
    }

    @Test
    void a_bridge_without_mastering_keeps_the_card_from_memory() {
        host.plug(card, true);
        RawPci.setUp(host);
        PciAddress port = new PciAddress(0, 0, 1, 0);
        host.write(port, 4, 2, 2);
        RawCard raw = new RawCard(host, host.address(card).orElseThrow()).start(RawCard.BASE, 8);
        raw.tx().offerFrame(0, Bench.frame(Bench.MAC1, 60));
        raw.tx().kick();
        Wait.until("fault", () -> card.dmaFaults() > 0);
        assertThat(card.lastDmaFault()).contains("bus mastering is off");
    }

    @Test
    void several_functions_are_told_by_the_header_type() {
        plug();
        assertThat(host.read(at, 0x0e, 1)).isZero();
        VirtioNetModel second = new VirtioNetModel(VirtioNetConfig.of(Bench.MAC1));
        host.plug(second, 1, false, 5);
        assertThat(host.read(at, 0x0e, 1)).isEqualTo(0x80);
        assertThat(host.read(at.withFunction(5), 0, 2)).isEqualTo(0x1af4);
        host.unplug(second);
        assertThat(host.read(at, 0x0e, 1)).isZero();
    }

    @Test
    void function_level_reset_and_secondary_bus_reset_clear_what_software_set() {
        host.plug(card, true);
        RawPci.setUp(host);
        PciAddress behind = host.address(card).orElseThrow();
        RawCard raw = new RawCard(host, behind);
        raw.setStatus(1);
        int express = host.read(behind, 0x34, 1);
        assertThat(host.read(behind, express, 1)).isEqualTo(0x10);
        host.write(behind, express + 8, 2, 0x8000);
        assertThat(host.read(behind, express + 8, 2)).isZero();
        assertThat(host.read(behind, 4, 2)).isZero();
        assertThat(host.read(behind, 0x18, 4)).isEqualTo(0xc);
        assertThat(raw.status()).isEqualTo(0xff);
        host.write(behind, 4, 2, 6);
        PciAddress port = new PciAddress(0, 0, 1, 0);
        host.write(port, 0x3e, 2, 0x40);
        assertThat(host.read(behind, 4, 2)).isZero();
    }

    @Test
    void registers_can_be_reached_through_configuration_space_without_decoding() {
        plug();
        int c = host.read(at, 0x34, 1);
        while (host.read(at, c, 1) != 9 || host.read(at, c + 3, 1) != 5) {
            c = host.read(at, c + 1, 1);
        }
        int common = host.read(at, 0x34, 1);
        while (host.read(at, common, 1) != 9 || host.read(at, common + 3, 1) != 1) {
            common = host.read(at, common + 1, 1);
        }
        host.write(at, c + 4, 1, host.read(at, common + 4, 1));
        host.write(at, c + 8, 4, host.read(at, common + 8, 4) + 0x14);
        host.write(at, c + 12, 4, 1);
        host.write(at, c + 16, 1, 3);
        assertThat(host.read(at, c + 16, 1)).isEqualTo(3);
        host.write(at, c + 4, 1, 5);
        host.write(at, c + 16, 4, 0);
        host.write(at, c + 4, 1, host.read(at, common + 4, 1));
        assertThat(host.read(at, c + 16, 1)).isEqualTo(3);
    }

    @Test
    void mapping_needs_acquiring_ends_with_release_and_checks_every_access() {
        plug();
        RawPci.setUp(host);
        assertThatThrownBy(() -> host.mapBar(at, 0, 0xe000_0000L, 4096)).isInstanceOf(DevException.class).hasMessageContaining("acquired");
        host.acquire(at);
        assertThatThrownBy(() -> host.acquire(at)).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(DevError.RESOURCE_BUSY));
        assertThatThrownBy(() -> host.mapBar(at, 1, 0, 16)).isInstanceOf(DevException.class).hasMessageContaining("no BAR 1");
        Mmio m = host.mapBar(at, 2, 0x80_0000_0000L, 0x4000);
        assertThatThrownBy(() -> m.read32(0x4000)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> m.read32(2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> m.write16(-2, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        host.release(at);
        assertThatThrownBy(() -> m.read8(0)).isInstanceOf(IllegalStateException.class);
        host.release(at);
    }

    @Test
    void unplugged_card_reads_all_ones_and_the_listener_hears_of_it() throws Exception {
        plug();
        RawPci.setUp(host);
        RawCard raw = new RawCard(host, at);
        List<String> heard = new ArrayList<>();
        AutoCloseable subscription = host.subscribe(new HostListener() {
            @Override
            public void changed() {
                heard.add("changed");
            }

            @Override
            public void removed(String name) {
                heard.add(name);
            }
        });
        host.unplug(card);
        assertThat(heard).containsExactly("0000:00:01.0", "changed");
        assertThat(host.read(at, 0, 4)).isEqualTo(-1);
        assertThat(raw.status()).isEqualTo(0xff);
        assertThat(raw.common.read32(raw.commonAt)).isEqualTo(-1);
        raw.setStatus(0);
        assertThatThrownBy(() -> host.unplug(card)).isInstanceOf(DevException.class);
        plug();
        assertThat(heard).containsExactly("0000:00:01.0", "changed", "changed");
        subscription.close();
        host.unplug(card);
        assertThat(heard).hasSize(3);
    }

    @Test
    void thirty_one_slots_and_no_more() {
        for (int i = 0; i < 31; i++) {
            host.plug(new VirtioNetModel(VirtioNetConfig.of(Bench.MAC0)), false);
        }
        assertThatThrownBy(() -> host.plug(card, true)).isInstanceOf(DevException.class).hasMessageContaining("31 slots");
        assertThat(card.isPlugged()).isFalse();
    }
}
