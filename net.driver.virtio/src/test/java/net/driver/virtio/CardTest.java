package net.driver.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.api.DevError;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.LinkState;
import net.api.NetDriverOps;
import net.api.RegisterValue;
import net.hw.virtio.DeviceStatus;
import net.hw.virtio.Feature;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Settings, state and the end of a card. */
class CardTest {
    private static final long CONTROL = Feature.CTRL_VQ.mask() | Feature.CTRL_RX.mask() | Feature.CTRL_VLAN.mask() | Feature.CTRL_MAC_ADDR.mask();
    private final TestRig rig = new TestRig();
    private final ScriptedDevice script = rig.script;

    @AfterEach
    void free() {
        rig.close();
    }

    private NetDriverOps attach(long more) {
        script.offered |= more;
        NetDriverOps ops = rig.attach();
        script.commands.clear();
        return ops;
    }

    private static void fails(DevError error, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).as(e.getMessage()).isEqualTo(error));
    }

    @Test
    void settingsBecomeCommands() {
        NetDriverOps ops = attach(CONTROL);
        ops.setPromiscuous(true);
        ops.setAllMulticast(true);
        ops.setPromiscuous(false);
        ops.setMacAddress(EthernetAddress.parse("02:00:00:00:00:42"));
        ops.setMacFilters(Set.of(EthernetAddress.parse("33:33:00:00:00:01"), EthernetAddress.parse("02:00:00:00:00:09"), EthernetAddress.BROADCAST));
        assertThat(script.commands).containsExactly("0/0 01", "0/1 01", "0/0 00", "1/1 020000000042",
                "1/0 01000000020000000009" + "01000000333300000001");
        assertThat(ops.promiscuous()).isFalse();
        assertThat(ops.allMulticast()).isTrue();
        assertThat(ops.macAddress()).hasToString("02:00:00:00:00:42");
    }

    @Test
    void moreAddressesThanATableHoldsOpenTheDevice() {
        NetDriverOps ops = attach(CONTROL);
        Set<EthernetAddress> many = IntStream.range(0, 257).mapToObj(i -> new EthernetAddress(0x020000000000L + i)).collect(Collectors.toSet());
        ops.setMacFilters(many);
        assertThat(script.commands).containsExactly("0/0 01", "1/0 0000000000000000");
        assertThat(ops.promiscuous()).as("nobody asked for that").isFalse();
        script.commands.clear();
        ops.setMacFilters(Set.of());
        assertThat(script.commands).containsExactly("1/0 0000000000000000", "0/0 00");
    }

    @Test
    void vlansPassUntilOneIsFiltered() {
        script.offered |= CONTROL;
        NetDriverOps ops = rig.attach();
        assertThat(script.commands).filteredOn(c -> c.startsWith("2/0")).as("all at first").hasSize(4095);
        script.commands.clear();
        ops.setVlanFilter(7, false);
        assertThat(script.commands).isEmpty();
        ops.setVlanFilter(5, true);
        assertThat(script.commands).hasSize(4094).allMatch(c -> c.startsWith("2/1")).doesNotContain("2/1 0500");
        script.commands.clear();
        ops.setVlanFilter(0x123, true);
        ops.setVlanFilter(5, false);
        assertThat(script.commands).containsExactly("2/0 2301", "2/1 0500");
        fails(DevError.INVALID_PARAM, () -> ops.setVlanFilter(4095, true));
    }

    @Test
    void whatTheDeviceRefusesChangesNothing() {
        NetDriverOps ops = attach(CONTROL);
        script.controlAnswer = 1;
        fails(DevError.IO, () -> ops.setPromiscuous(true));
        fails(DevError.IO, () -> ops.setMacAddress(EthernetAddress.parse("02:00:00:00:00:42")));
        assertThat(ops.promiscuous()).isFalse();
        assertThat(ops.macAddress()).hasToString("02:00:00:00:00:01");
        assertThat(rig.reports).as("a refusal is an answer").isEmpty();
        script.controlAnswer = 0;
        ops.setPromiscuous(true);
        assertThat(ops.promiscuous()).isTrue();
    }

    @Test
    void aCommandThatIsNotAnsweredEndsInTimeAndAsksForAReset() {
        NetDriverOps ops = attach(CONTROL);
        script.controlAnswer = -1;
        fails(DevError.IO, () -> ops.setPromiscuous(true));
        assertThat(rig.reports).first().asString().startsWith("NEEDS_RESET control queue");
        script.controlAnswer = 0;
        fails(DevError.IO, () -> ops.setPromiscuous(true));
        assertThat(ops.promiscuous()).isFalse();
    }

    @Test
    void withoutAControlQueueSettingsAreUnsupported() {
        NetDriverOps ops = attach(0);
        fails(DevError.UNSUPPORTED, () -> ops.setPromiscuous(true));
        fails(DevError.UNSUPPORTED, () -> ops.setAllMulticast(true));
        fails(DevError.UNSUPPORTED, () -> ops.setMacFilters(Set.of()));
        fails(DevError.UNSUPPORTED, () -> ops.setVlanFilter(1, true));
        fails(DevError.UNSUPPORTED, () -> ops.setMacAddress(EthernetAddress.parse("02:00:00:00:00:42")));
        assertThat(ops.promiscuous()).as("nothing is filtered").isTrue();
        ops.setMtu(68);
        assertThat(ops.maxFrameLength()).isEqualTo(86);
        fails(DevError.INVALID_PARAM, () -> ops.setMtu(67));
        fails(DevError.INVALID_PARAM, () -> ops.setMtu(ops.capabilities().maxMtu() + 1));
        assertThat(ops.mtu()).isEqualTo(68);
    }

    @Test
    void theLinkIsToldWhenItChanges() {
        NetDriverOps ops = attach(0);
        rig.instance.housekeep();
        assertThat(rig.links).isEmpty();
        script.linkStatus = 0;
        script.generation++;
        assertThat(ops.link()).isEqualTo(LinkState.DOWN);
        rig.instance.housekeep();
        rig.instance.housekeep();
        script.linkStatus = 1;
        rig.instance.housekeep();
        assertThat(rig.links).containsExactly(LinkState.DOWN, LinkState.UP);
    }

    @Test
    void aDeviceThatIsGoneAsksForAResetOrWasResetIsReported() {
        attach(0);
        script.status |= DeviceStatus.DEVICE_NEEDS_RESET;
        rig.instance.housekeep();
        script.status = 0;
        rig.instance.housekeep();
        script.dieAfter = 0;
        rig.instance.housekeep();
        assertThat(rig.reports).satisfiesExactly(r -> assertThat(r).startsWith("NEEDS_RESET").contains("0x4f"),
                r -> assertThat(r).startsWith("NEEDS_RESET").contains("0x00"), r -> assertThat(r).startsWith("GONE"));
        assertThat(rig.instance.ops().link()).isEqualTo(LinkState.DOWN);
        fails(DevError.IO, () -> rig.instance.ops().registers());
        assertThat(rig.instance.stop()).as("what is gone does no DMA").isTrue();
    }

    @Test
    void aDeviceThatDoesNotStopIsNotSaidToHaveStopped() {
        NetDriverOps ops = attach(CONTROL);
        script.hangInReset = true;
        assertThat(rig.instance.stop()).isFalse();
        fails(DevError.BAD_STATE, () -> ops.setPromiscuous(true));
        script.hangInReset = false;
        assertThat(rig.instance.stop()).as("asked again").isTrue();
    }

    @Test
    void registersAreDumpedInOrderWithoutThoseThatReadingClears() {
        NetDriverOps ops = attach(0);
        int before = script.status;
        assertThat(ops.registers()).extracting(RegisterValue::offset).isSorted();
        assertThat(ops.registers()).extracting(RegisterValue::name).contains("device_status", "mac[5]").doesNotContain("isr_status");
        assertThat(ops.registers()).filteredOn(r -> r.name().equals("device_status")).extracting(RegisterValue::value).containsExactly((long) before);
    }
}
