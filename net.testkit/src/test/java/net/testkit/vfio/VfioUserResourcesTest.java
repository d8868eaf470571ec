package net.testkit.vfio;

import static net.testkit.vfio.RawClient.irqs;
import static net.testkit.vfio.RawClient.map;
import static net.testkit.vfio.RawClient.unmap;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import net.linux.sys.Descriptor;
import net.linux.sys.Descriptors;
import net.testkit.Await;
import org.junit.jupiter.api.Test;

/** What a client lends: memory and events. */
class VfioUserResourcesTest extends ServedModel {
    private static final int REFUSED = 0x21;
    private static final int EEXIST = 17;

    // ---- memory ----

    @Test
    void memory_is_mapped_while_it_is_lent_and_no_longer() throws IOException {
        introduce();
        Path ram = folder.resolve("ram-to-count");
        try (Descriptor file = RawClient.file(ram, 1 << 16)) {
            client.call(2, map(3, 0, 0, 1 << 15), file);
            client.call(2, map(3, 1 << 15, 1L << 40, 1 << 15), file);
            assertThat(RawClient.uses(ram)).isEqualTo(3);
            assertThat(client.call(3, unmap(0, 1L << 40, 1 << 15)).flags()).isEqualTo(REPLY);
            assertThat(RawClient.uses(ram)).isEqualTo(2);
            client.call(2, map(3, 0, 1L << 41, 1 << 15), file);
            assertThat(client.call(3, unmap(2, 0, 0)).flags()).isEqualTo(REPLY);
            assertThat(RawClient.uses(ram)).isEqualTo(1);
            client.call(2, map(3, 0, 0, 1 << 15), file);
            client.close();
            Await.until("the mapping to go with its client", () -> {
                try {
                    return RawClient.uses(ram) == 1;
                } catch (IOException e) {
                    return false;
                }
            });
        }
    }

    @Test
    void memory_that_cannot_be_is_refused_and_its_descriptor_closed() throws IOException {
        introduce();
        Path ram = folder.resolve("ram-refused");
        try (Descriptor file = RawClient.file(ram, 1 << 16)) {
            client.call(2, map(3, 0, 0x1_0000, 1 << 15), file);
            long[][] wrong = {{3, 0, 0x1_0000, 1, EEXIST}, {3, 0, 0xffff, 2, EEXIST}, {3, 0, 0, 1 << 16 | 1, EEXIST}, {3, 0, 0x1_7fff, 1, EEXIST},
                {3, 0, 0x2_0000, (1 << 16) + 1, EINVAL}, {3, 1 << 15, 0x2_0000, (1 << 15) + 1, EINVAL}, {3, -4096, 0x2_0000, 4096, EINVAL},
                {3, 17, 0x2_0000, 4096, EINVAL}, {3, 0, 0x2_0000, 0, EINVAL}, {3, 0, 0x2_0000, -1, EINVAL}, {3, 0, -4096, 4097, EINVAL},
                {7, 0, 0x2_0000, 4096, EINVAL}, {3, Long.MAX_VALUE - 4095, 0x2_0000, 4096, EINVAL}};
            for (long[] w : wrong) {
                RawClient.Reply r = client.call(2, map((int) w[0], w[1], w[2], w[3]), file);
                assertThat(r.flags()).isEqualTo(REFUSED);
                assertThat(r.errno()).as("0x%x, 0x%x, 0x%x, 0x%x", w[0], w[1], w[2], w[3]).isEqualTo((int) w[4]);
                assertThat(r.payload()).isEmpty();
            }
            assertThat(RawClient.uses(ram)).isEqualTo(2);
            for (byte[] w : new byte[][] {unmap(0, 0x1_0000, 1), unmap(0, 0x1_0001, 1 << 15), unmap(1, 0x1_0000, 1 << 15)}) {
                assertThat(client.call(3, w).errno()).isEqualTo(EINVAL);
            }
            // Known, and out of reach: no descriptor, or not for reading.
            assertThat(client.call(2, map(3, 0, 0x10_0000, 4096)).flags()).isEqualTo(REPLY);
            assertThat(client.call(2, map(2, 0, 0x20_0000, 4096), file).flags()).isEqualTo(REPLY);
            assertThat(client.call(2, map(3, 0, 0x10_0000, 4096), file).errno()).isEqualTo(EEXIST);
            assertThat(RawClient.uses(ram)).isEqualTo(2);
        }
    }

    @Test
    void a_range_is_taken_back_with_all_the_pieces_in_it() throws IOException {
        introduce();
        Path ram = folder.resolve("ram-in-ranges");
        try (Descriptor file = RawClient.file(ram, 1 << 16)) {
            for (long[] piece : new long[][] {{0, 0x1000}, {0x1_0000, 0x1000}, {0x1_2000, 0x1000}, {-0x1000, 0x1000}}) {
                client.call(2, map(3, piece[0] & 0xf000, piece[0], piece[1]), file);
            }
            client.call(2, map(1, 0x4000, 0x1_1000, 0x1000), file);
            long all = RawClient.uses(ram);
            assertThat(all).isEqualTo(6);
            for (long[] cut : new long[][] {{0x1_0000, 0x1800}, {0x1_0800, 0x2800}, {0x1_0800, 1}, {0, 1}, {0, 0}, {0xfff, 0x1_0000}, {-0x2000, 0x1fff}, {-1, 1}, {-1, 2}}) {
                assertThat(client.call(3, unmap(0, cut[0], cut[1])).errno()).as("0x%x, 0x%x", cut[0], cut[1]).isEqualTo(EINVAL);
            }
            assertThat(RawClient.uses(ram)).isEqualTo(all);
            // With nothing in it, with three pieces in it, up to the end of all addresses, and again.
            long[][] ranges = {{0x2_0000, 0x1_0000, 0}, {0x8000, 0x1_0000, 3}, {0x1000, -0x1000, 1}, {0x1000, -0x1000, 0}, {0, Long.MIN_VALUE, 1}};
            for (long[] r : ranges) {
                byte[] unmap = unmap(0, r[0], r[1]);
                assertThat(client.call(3, unmap).payload()).isEqualTo(unmap);
                all -= r[2];
                assertThat(RawClient.uses(ram)).as("0x%x, 0x%x", r[0], r[1]).isEqualTo(all);
            }
            assertThat(all).isEqualTo(1);
        }
    }

    @Test
    void memory_that_was_cut_off_ends_it_and_not_the_machine() throws IOException {
        introduce();
        Path ram = folder.resolve("ram-cut");
        try (Descriptor file = RawClient.file(ram, 1 << 16)) {
            client.call(2, map(3, 0, 0x10_0000, 1 << 16), file);
            client.write(CONFIG, 4, 2, 6);
            transmitQueue();
            RawClient.file(ram, 0).close();
            client.write(2, 4, 2, 1);
            Await.until("the model to give up", () -> client.read(2, 0x1014, 1) == 0xff);
        }
    }

    // ---- interrupts ----

    @Test
    void vectors_have_the_events_that_were_given_last() throws IOException {
        introduce();
        try (Descriptor a = RawClient.event(); Descriptor b = RawClient.event()) {
            client.call(8, irqs(EVENTS, MSIX, 1, 2), a, b);
            client.call(8, irqs(NONE, MSIX, 1, 1));
            assertThat(Descriptors.SYSTEM.drain(a.fd())).isEqualTo(1);
            client.call(8, irqs(BOOLS, MSIX, 0, 4, (byte) 1, (byte) 0, (byte) 1, (byte) 0));
            assertThat(Descriptors.SYSTEM.drain(a.fd())).isZero();
            assertThat(Descriptors.SYSTEM.drain(b.fd())).isEqualTo(1);
            client.call(8, irqs(EVENTS, MSIX, 1, 1), b);
            client.call(8, irqs(EVENTS, MSIX, 2, 1));
            client.call(8, irqs(NONE, MSIX, 0, 4));
            assertThat(Descriptors.SYSTEM.drain(a.fd())).isZero();
            assertThat(Descriptors.SYSTEM.drain(b.fd())).isEqualTo(1);
            client.call(8, irqs(NONE, MSIX, 0, 0));
            client.call(8, irqs(NONE, MSIX, 0, 4));
            assertThat(Descriptors.SYSTEM.drain(b.fd())).isZero();
        }
    }

    @Test
    void events_are_closed_when_others_come_and_when_the_client_goes() throws IOException {
        introduce();
        try (Descriptor event = RawClient.event()) {
            long before = RawClient.uses(Path.of("[eventfd]"));
            client.call(8, irqs(EVENTS, MSIX, 0, 3), event, event, event);
            assertThat(RawClient.uses(Path.of("[eventfd]"))).isEqualTo(before + 3);
            client.call(8, irqs(EVENTS, MSIX, 0, 2), event, event);
            client.call(8, irqs(EVENTS, MSIX, 2, 1));
            assertThat(RawClient.uses(Path.of("[eventfd]"))).isEqualTo(before + 2);
            client.close();
            Await.until("the end of the client", () -> !server.isConnected());
            assertThat(RawClient.uses(Path.of("[eventfd]"))).isEqualTo(before);
        }
    }

    @Test
    void interrupts_that_there_are_not_are_refused() throws IOException {
        introduce();
        Path ram = folder.resolve("no-event");
        try (Descriptor event = RawClient.event(); Descriptor file = RawClient.file(ram, 1)) {
            for (byte[] w : new byte[][] {irqs(EVENTS, MSIX, 4, 1), irqs(EVENTS, MSIX, -1, 1), irqs(EVENTS, 0, 0, 1), irqs(EVENTS, 5, 0, 1), irqs(0xc, MSIX, 0, 1)}) {
                assertThat(client.call(8, w, event).errno()).isEqualTo(EINVAL);
            }
            for (byte[] w : new byte[][] {irqs(NONE, MSIX, 0, 5), irqs(NONE, MSIX, -1, -1), irqs(0x20, MSIX, 0, 0), irqs(0x1, MSIX, 0, 0), irqs(0x27, MSIX, 0, 0)}) {
                assertThat(client.call(8, w).errno()).isIn(EINVAL);
            }
            assertThat(client.call(8, irqs(EVENTS, MSIX, 0, 1), file).errno()).isEqualTo(EINVAL);
            assertThat(RawClient.uses(ram)).isEqualTo(1);
        }
    }
}
