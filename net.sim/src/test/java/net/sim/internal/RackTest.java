package net.sim.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.api.DevException;
import net.api.device.PciAddress;
import net.sim.SimHost;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RackTest {
    private final SimHost host = new SimHost("sim");
    private final SimCommands commands = new SimCommands(new Rack(host, Plan.of(PlanTest.settings(2, "", "02:00:00:00:00", 1500))));

    @AfterEach
    void close() {
        host.close(0);
    }

    private void number() {
        host.write(new PciAddress(0, 0, 2, 0), 0x18, 4, 0x0001_0100);
    }

    @Test
    void cards_are_listed_with_address_and_link() {
        assertThat(commands.cards()).extracting(CardInfo::address).containsExactly("sim/0000:00:01.0", "sim/(bus not numbered)");
        number();
        assertThat(commands.cards()).extracting(CardInfo::address).containsExactly("sim/0000:00:01.0", "sim/0000:01:00.0");
        assertThat(commands.cards()).allMatch(CardInfo::linkUp);
        assertThat(commands.cards().getFirst().toString()).contains("02:00:00:00:00:01").contains("link up");
    }

    @Test
    void link_goes_down_and_up_at_both_ends() {
        assertThat(commands.link("01.0", "down").linkUp()).isFalse();
        assertThat(commands.cards()).noneMatch(CardInfo::linkUp);
        assertThat(commands.link("sim/0000:00:01.0", "up").linkUp()).isTrue();
        assertThatThrownBy(() -> commands.link("01.0", "sideways")).isInstanceOf(DevException.class).hasMessageContaining("up or down");
    }

    @Test
    void card_comes_back_with_its_address_and_cable() {
        number();
        CardInfo gone = commands.unplug("01:00.0");
        assertThat(commands.cards()).hasSize(1);
        assertThat(commands.cards().getFirst().linkUp()).isFalse();
        CardInfo back = commands.plug();
        assertThat(back.mac()).isEqualTo(gone.mac());
        assertThat(back.linkUp()).isTrue();
    }

    @Test
    void new_cards_are_cabled_to_each_other() {
        CardInfo third = commands.plug();
        assertThat(third.mac()).hasToString("02:00:00:00:00:03");
        assertThat(third.linkUp()).isFalse();
        assertThatThrownBy(() -> commands.link(third.address(), "down")).isInstanceOf(DevException.class).hasMessageContaining("no cable");
        assertThat(commands.plug().linkUp()).isTrue();
    }

    @Test
    void cards_of_a_kind_come_and_go() {
        CardInfo third = commands.plug("82599");
        assertThat(third.kind()).isEqualTo("82599");
        assertThat(third.mac()).hasToString("02:00:00:00:00:03");
        CardInfo fourth = commands.plug("virtio");
        assertThat(fourth.linkUp()).as("cabled to the third").isTrue();
        commands.unplug(third.address());
        commands.unplug(fourth.address());
        assertThat(commands.plug("82599").mac()).isEqualTo(third.mac());
        assertThat(commands.plug().mac()).isEqualTo(fourth.mac());
        assertThat(commands.cards()).extracting(CardInfo::kind).containsExactlyInAnyOrder("virtio", "virtio", "82599", "virtio");
        assertThatThrownBy(() -> commands.plug("e1000")).isInstanceOf(DevException.class).hasMessageContaining("virtio or 82599 or fxmac");
    }

    @Test
    void a_card_of_a_device_tree_comes_and_goes_as_the_others() {
        CardInfo third = commands.plug("fxmac");
        assertThat(third.address()).isEqualTo("sim/ethernet@3200c000");
        assertThat(third.kind()).isEqualTo("fxmac");
        assertThat(commands.plug("virtio").linkUp()).as("cabled to it").isTrue();
        assertThat(commands.cards()).extracting(CardInfo::kind).containsExactly("virtio", "virtio", "virtio", "fxmac");
        assertThat(commands.link("3200c000", "down").linkUp()).isFalse();
        commands.unplug("3200c000");
        assertThat(commands.cards()).extracting(CardInfo::kind).containsExactly("virtio", "virtio", "virtio");
        assertThat(commands.plug().mac()).isEqualTo(third.mac());
        assertThat(commands.plug("fxmac").address()).isEqualTo("sim/ethernet@3200e000");
    }

    @Test
    void address_must_name_one_card() {
        number();
        assertThatThrownBy(() -> commands.unplug("0")).isInstanceOf(DevException.class).hasMessageContaining("2 cards").hasMessageContaining("sim/0000:00:01.0");
        assertThatThrownBy(() -> commands.unplug("07.0")).isInstanceOf(DevException.class).hasMessageContaining("no card has the address '07.0'");
        assertThatThrownBy(() -> commands.unplug("")).isInstanceOf(DevException.class);
    }
}
