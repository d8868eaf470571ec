package net.driver.ixgbe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import net.api.device.DeviceState;
import net.api.device.Mmio;
import net.api.driver.Attachment.Fault;
import net.hw.ixgbe.InterruptBits.Cause;
import net.hw.ixgbe.Reg;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a look of the driver finds besides frames and the link: 8.2.3.5.1. */
class TroubleTest {
    private static final int LOOKS = 3;

    private final CardRig rig = new CardRig();
    /** What happens to the card in front of the driver's next look. */
    private final AtomicReference<Consumer<Mmio>> trouble = new AtomicReference<>();
    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicInteger starts = new AtomicInteger();
    private final List<String> reports = new CopyOnWriteArrayList<>();

    private final class Troubled extends WatchedDriver {
        Troubled() {
            super(new IxgbeDriver());
        }

        @Override
        int read(Mmio real, long offset) {
            if (offset == Reg.EICR.at(0)) {
                Consumer<Mmio> now = trouble.getAndSet(null);
                if (now != null) {
                    now.accept(real);
                }
                looks.incrementAndGet();
            }
            return real.read32(offset);
        }

        @Override
        void write(Mmio real, long offset, int value) {
            real.write32(offset, value);
        }

        @Override
        void called(String method, Object[] arguments) {
            switch (method) {
                case "enableDma" -> starts.incrementAndGet();
                case "report" -> reports.add(arguments[0] + " " + arguments[1]);
                default -> { }
            }
        }
    }

    @BeforeEach
    void attach() {
        rig.engine.addDriver(new Troubled()).settle();
        assertThat(rig.status().state()).isEqualTo(DeviceState.ATTACHED);
        assertThat(starts).hasValue(1);
    }

    @AfterEach
    void end() {
        rig.close();
    }

    private void assertReset(Consumer<Mmio> what, String reason) {
        trouble.set(what);
        CardRig.await("another start", () -> starts.get() == 2);
        rig.engine.settle();
        assertThat(rig.status().state()).isEqualTo(DeviceState.ATTACHED);
        assertThat(reports).singleElement().asString().startsWith(Fault.NEEDS_RESET + " " + rig.address).contains(reason);
    }

    /** Its traffic cannot be trusted any more; Linux resets it then too. */
    @Test
    void anErrorThatItsMemoryCannotCorrectIsEndedByAReset() {
        assertReset(registers -> registers.write32(Reg.EICS.at(0), Cause.ECC), "EICR.ECC");
    }

    @Test
    void aCardThatSomebodyElseHasResetIsSetUpAgain() {
        assertReset(registers -> registers.write32(Reg.RXCTRL.at(0), 0), "RXCTRL.RXEN is 0");
    }

    /** Somebody has read a register that there is not, say, and has asked in PIENA to be told. */
    @Test
    void whatOthersDoWrongOnTheBusIsNoReasonForAReset() {
        trouble.set(registers -> registers.write32(Reg.EICS.at(0), Cause.PCI_EXCEPTION));
        CardRig.await("trouble", () -> trouble.get() == null);
        int before = looks.get();
        CardRig.await("looks after it", () -> looks.get() >= before + LOOKS);
        rig.engine.settle();
        assertThat(reports).isEmpty();
        assertThat(starts).hasValue(1);
    }
}
