package net.testkit.qemu;

import java.net.InetSocketAddress;
import java.util.List;
import net.api.DevError;
import net.api.DevException;

/** What a card of QEMU is cabled to. */
public sealed interface QemuNetwork {
    /** Arguments of {@code -netdev}, without the id. */
    String netdev(String socketPath);

    /** Further properties of the card that this network wants. */
    default List<String> cardProperties() {
        return List.of();
    }

    /** This process, through {@link QemuHost#cable}: a Unix socket on which no frame is lost. */
    record Cable() implements QemuNetwork {
        @Override
        public String netdev(String socketPath) {
            return "stream,server=off,addr.type=unix,addr.path=" + QemuOptions.escape(socketPath);
        }
    }

    /**
     * A tap of the Linux network stack, which must exist.
     *
     * @param interfaceName of the tap, 1 to 15 characters
     * @param queues queue pairs, 1 to 8; the tap must have been made with {@code multi_queue} if there are more than one
     */
    record Tap(String interfaceName, int queues) implements QemuNetwork {
        /** @throws DevException INVALID_PARAM if a value is out of range */
        public Tap {
            if (!interfaceName.matches("[^\\s/,]{1,15}")) {
                throw new DevException(DevError.INVALID_PARAM, ("'%s' is not the name of a network interface: "
                        + "1 to 15 characters without spaces, slashes and commas").formatted(interfaceName));
            }
            if (queues < 1 || queues > 8) {
                throw new DevException(DevError.INVALID_PARAM, queues + " queue pairs of tap " + interfaceName + ": 1 to 8 are possible");
            }
        }

        @Override
        public String netdev(String socketPath) {
            return "tap,ifname=" + interfaceName + ",script=no,downscript=no,vhost=off" + (queues > 1 ? ",queues=" + queues : "");
        }

        @Override
        public List<String> cardProperties() {
            // One vector for each queue, one for the control queue, one for configuration changes.
            return queues > 1 ? List.of("mq=on", "vectors=" + (2 * queues + 2)) : List.of();
        }
    }

    /**
     * Datagrams between two UDP ports, a frame each; a full socket loses frames.
     *
     * @param local QEMU's own address
     * @param remote where QEMU sends to
     */
    record Datagrams(InetSocketAddress local, InetSocketAddress remote) implements QemuNetwork {
        @Override
        public String netdev(String socketPath) {
            return "dgram,local.type=inet,local.host=%s,local.port=%d,remote.type=inet,remote.host=%s,remote.port=%d".formatted(
                    local.getHostString(), local.getPort(), remote.getHostString(), remote.getPort());
        }
    }
}
