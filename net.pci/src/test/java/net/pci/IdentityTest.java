package net.pci;

import static org.assertj.core.api.Assertions.assertThat;

import net.api.device.Device;
import net.api.device.DeviceState;
import net.api.device.PciDevice;
import net.pci.bus.FakeFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is in a place is the device that was there before as long as all that identifies it is the same. */
class IdentityTest extends EngineFixture {
    private static final int REVISION_AND_CLASS = 8;
    private Device before;

    @BeforeEach
    void attach() {
        attached();
        before = engine.device(CARD);
    }

    private static FakeFunction like(int device, int subsystem) {
        return FakeFunction.of(0x1af4, device).subsystem(0x1af4, subsystem).memory32(0, 0x1000, 0xfe00_0000).msix(4, 0x800, 0xc00);
    }

    private void replace(FakeFunction other) {
        host.pci.with(1, 0, other);
        engine.rescan();
    }

    @Test
    void theSameAgainIsTheSameDevice() {
        replace(like(0x1041, 1));
        assertThat(engine.device(CARD)).isSameAs(before);
    }

    @Test
    void anotherIdIsAnotherDevice() {
        replace(like(0x1042, 1));
        assertThat(engine.device(CARD)).isNotSameAs(before);
    }

    @Test
    void anotherSubsystemIsAnotherDevice() {
        replace(like(0x1041, 2));
        assertThat(engine.device(CARD)).isNotSameAs(before);
    }

    @Test
    void anotherRevisionIsAnotherDevice() {
        FakeFunction other = like(0x1041, 1);
        replace(other.set32(REVISION_AND_CLASS, other.get32(REVISION_AND_CLASS) ^ 1));
        assertThat(engine.device(CARD)).isNotSameAs(before);
    }

    /** VFIO shows capabilities that sysfs does not. */
    @Test
    void capabilitiesThatAreSeenOnlyByWhoHasTheFunctionAreFound() {
        engine.detach(CARD);
        PciDevice device = (PciDevice) before;
        int seen = device.capabilities().size();
        host.pci.acquiring = () -> card.capability(0x10, 20);
        engine.attach(CARD);
        engine.awaitState(CARD, DeviceState.ATTACHED, LONG);
        assertThat(device.capabilities()).hasSize(seen + 1).anySatisfy(c -> assertThat(c.id()).isEqualTo(0x10));
    }
}
