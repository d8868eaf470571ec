package net.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.function.IntSupplier;
import net.api.DevError;
import net.api.DevException;
import net.api.NetBuf;
import net.api.NetCapabilities;
import net.api.NetDriverOps;
import net.api.TxQueue;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class PortQueueTest {
    private final PortTxQueue port = new PortTxQueue(0);

    /** Every call that sends or reclaims ends like this. */
    private static TxQueue queue(IntSupplier end) {
        return (TxQueue) Proxy.newProxyInstance(TxQueue.class.getClassLoader(), new Class<?>[] {TxQueue.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "transmit", "reclaim" -> end.getAsInt();
                    case "size" -> 16;
                    case "equals" -> proxy == arguments[0];
                    default -> null;
                });
    }

    private TxQueue failing(DevError error, boolean leaving) {
        return queue(() -> {
            if (leaving) {
                port.become(null);
            }
            throw new DevException(error, "no");
        });
    }

    private static void assertThrows(DevError error, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(DevException.class, e -> assertThat(e.error()).isEqualTo(error));
    }

    @Test
    void whatTheDriversQueueSaysIsHandedOn() {
        port.become(queue(() -> 3));
        assertThat(port.transmit(new NetBuf[4], 0, 4)).isEqualTo(3);
        assertThat(port.reclaim()).isEqualTo(3);
        assertThat(port.size()).isEqualTo(16);
    }

    @Test
    void thePortsQueuesAreThoseOfTheCardThatIsThere() {
        Port whole = new Port("fake/one");
        TxQueue sending = whole.txQueue(0);
        TxQueue missing = whole.txQueue(1);
        NetBuf[] frames = new NetBuf[8];
        for (int n = 3; n < 6; n++) {
            int took = n;
            whole.open(card(queue(() -> took)));
            assertThat(sending.transmit(frames, 0, frames.length)).isEqualTo(n);
            assertThat(missing.transmit(frames, 0, frames.length)).as("the card has one").isZero();
            whole.shut();
            assertThat(sending.transmit(frames, 0, frames.length)).isZero();
        }
    }

    private static NetDriverOps card(TxQueue only) {
        return (NetDriverOps) Proxy.newProxyInstance(NetDriverOps.class.getClassLoader(), new Class<?>[] {NetDriverOps.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "txQueue" -> only;
                    case "capabilities" -> new NetCapabilities(Set.of(), 1, 1, 68, 1500, 1, 0);
                    default -> null;
                });
    }

    @Test
    void aQueueThatLeavesMeanwhileIsFullAndHasNothingToTakeBack() {
        port.become(failing(DevError.BAD_STATE, true));
        assertThat(port.transmit(new NetBuf[1], 0, 1)).isZero();
        port.become(failing(DevError.BAD_STATE, true));
        assertThat(port.reclaim()).isZero();
    }

    @Test
    void aFailureOfAQueueThatStaysIsTheCallers() {
        port.become(failing(DevError.BAD_STATE, false));
        assertThrows(DevError.BAD_STATE, () -> port.transmit(new NetBuf[1], 0, 1));
        assertThrows(DevError.BAD_STATE, port::reclaim);
    }

    @Test
    void anythingButBadStateIsTheCallersEvenIfTheQueueLeft() {
        port.become(failing(DevError.INVALID_PARAM, true));
        assertThrows(DevError.INVALID_PARAM, () -> port.transmit(new NetBuf[1], 0, 1));
        port.become(failing(DevError.INVALID_PARAM, true));
        assertThrows(DevError.INVALID_PARAM, port::reclaim);
    }
}
