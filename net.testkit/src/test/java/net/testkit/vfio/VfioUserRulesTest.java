package net.testkit.vfio;

import static net.testkit.vfio.RawClient.access;
import static net.testkit.vfio.RawClient.bytes;
import static net.testkit.vfio.RawClient.ints;
import static net.testkit.vfio.RawClient.irqs;
import static net.testkit.vfio.RawClient.map;
import static net.testkit.vfio.RawClient.unmap;
import static net.testkit.vfio.RawClient.version;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import net.linux.sys.Descriptor;
import net.linux.sys.SystemCallException;
import net.testkit.Await;
import org.junit.jupiter.api.Test;

/** What a client that breaks the rules gets. */
class VfioUserRulesTest extends ServedModel {
    private static final int ECONNRESET = 104;

    // ---- what is out of range, or not known ----

    @Test
    void accesses_out_of_range_are_refused() {
        introduce();
        for (byte[] w : new byte[][] {access(0x4000, 2, 1), access(0x3fff, 2, 2), access(-1, 2, 1), access(Long.MIN_VALUE, 2, 4), access(0, 1, 1), access(0, 8, 1),
            access(0, 9, 1), access(0, -1, 1), access(0, 2, 65_537), access(0, 2, -1), access(4095, CONFIG, 2)}) {
            assertThat(client.call(9, w).errno()).isEqualTo(EINVAL);
        }
        assertThat(client.call(10, access(0x4000, 2, 1, (byte) 0)).errno()).isEqualTo(EINVAL);
        byte[] nine = bytes(32).putLong(1).putLong(0).putInt(2).putInt(9).array();
        assertThat(client.call(15, nine).errno()).isEqualTo(EINVAL);
        assertThat(client.call(9, access(0, 2, 0)).flags()).isEqualTo(REPLY);
    }

    @Test
    void what_is_not_known_is_refused() {
        introduce();
        for (int command : new int[] {6, 11, 12, 14, 16, 17, 0, 0xffff}) {
            assertThat(client.call(command, new byte[8]).errno()).as("command %d", command).isEqualTo(95);
        }
    }

    // ---- what ends it ----

    private void ends(String reason) {
        assertThat(client.isDisconnected()).isTrue();
        client.close();
        Await.until("the model to be free", () -> !model.isPlugged() && !server.isConnected());
        assertThat(server.lastEnd()).contains(reason);
        introduce();
        assertThat(client.read(CONFIG, 0, 2)).isEqualTo(0x1af4);
    }

    @Test
    void a_message_that_is_too_short_or_too_long_ends_it() {
        introduce();
        client.send(13, 15, 0, new byte[0]);
        ends("a message of 15 bytes");
        client.send(13, 1 << 20, 0, new byte[0]);
        ends("a message of 1048576 bytes");
        client.send(13, -1, 0, new byte[0]);
        ends("a message of 4294967295 bytes");
    }

    @Test
    void wrong_flags_end_it() {
        introduce();
        client.send(13, 16, 1, new byte[0]);
        ends("flags 0x1");
        client.send(13, 16, 0x20, new byte[0]);
        ends("flags 0x20");
    }

    @Test
    void payloads_of_another_length_end_it() {
        byte[][] wrong = {ints(2), new byte[31], ints(3), new byte[23], ints(4), new byte[15], ints(5), new byte[33], ints(7), new byte[17], ints(8), new byte[19], ints(9),
            new byte[17], ints(10), access(0, 2, 2, (byte) 0), ints(10), new byte[15], ints(13), new byte[1], ints(15), new byte[7], ints(15),
            bytes(32).putLong(2).array(), ints(15), bytes(8).putLong(-1).array()};
        for (int i = 0; i < wrong.length; i += 2) {
            introduce();
            client.send(wrong[i][0], 16 + wrong[i + 1].length, 0, wrong[i + 1]);
            ends("payload");
            client.close();
        }
    }

    @Test
    void structures_that_say_another_size_end_it() {
        introduce();
        client.send(4, 32, 0, ints(15, 0, 0, 0));
        ends("argsz 15");
        client.send(2, 48, 0, new byte[32]);
        ends("argsz 0");
        client.send(8, 36, 0, ints(21, EVENTS, MSIX, 0, 0));
        ends("argsz 21");
        client.send(8, 36, 0, ints(20, BOOLS, MSIX, 0, 1));
        ends("for 1 interrupts");
    }

    @Test
    void the_version_comes_first_and_once() {
        client = new RawClient(server.path());
        client.send(13, 16, 0, new byte[0]);
        ends("command 13 before the version");
        client.send(1, 20, 0, ints(0));
        ends("the version a second time");
        client.close();
        client = new RawClient(server.path());
        client.send(1, 20, 0, ints(1));
        ends("version 1.0");
        client.close();
        client = new RawClient(server.path());
        client.send(1, 22, 0, bytes(6).putInt(0).put((byte) '{').put((byte) '}').array());
        ends("does not end with a zero");
        client.close();
        client = new RawClient(server.path());
        client.send(1, 19, 0, new byte[3]);
        ends("a version with 3 bytes");
    }

    @Test
    void descriptors_where_there_are_none_end_it_and_are_closed() throws IOException {
        Path ram = folder.resolve("ram-unexpected");
        try (Descriptor file = RawClient.file(ram, 4096)) {
            introduce();
            client.send(13, 16, 0, new byte[0], file);
            ends("command 13 with 1 descriptors");
            client.send(2, 48, 0, map(3, 0, 0, 4096), file, file);
            ends("with 2 descriptors");
            client.send(8, 36, 0, irqs(EVENTS, MSIX, 0, 2), file);
            ends("with 1 descriptors");
            // With the payload, which is another call of recvmsg.
            client.raw(bytes(16).putShort((short) 1).putShort((short) 3).putInt(40).array());
            client.raw(unmap(0, 0, 0), file);
            ends("with 1 descriptors");
            assertThat(RawClient.uses(ram)).isEqualTo(1);
        }
    }

    @Test
    void an_end_within_a_message_is_told() {
        introduce();
        client.raw(new byte[7]);
        client.close();
        Await.until("the end", () -> server.lastEnd().contains("7 of 16 bytes of a message, and then the end"));
        introduce();
        client.send(13, 24, 0, new byte[4]);
        client.close();
        Await.until("the end", () -> server.lastEnd().contains("4 of 8 bytes of a message, and then the end"));
    }

    @Test
    void random_clients_leave_nothing_behind() throws IOException {
        long seed = System.nanoTime();
        System.out.println("VfioUserRulesTest seed " + seed);
        Random random = new Random(seed);
        Path ram = folder.resolve("ram-random");
        try (Descriptor file = RawClient.file(ram, 1 << 16); Descriptor event = RawClient.event()) {
            long before = RawClient.uses(Path.of("[eventfd]"));
            Descriptor[] some = {file, event, file};
            for (int i = 0; i < 300; i++) {
                try (RawClient c = RawClient.introduced(server.path())) {
                    for (int n = random.nextInt(8); n >= 0; n--) {
                        int command = random.nextInt(19);
                        byte[] payload = payload(random, command);
                        int size = 16 + payload.length + (random.nextInt(20) == 0 ? random.nextInt(64) - 32 : 0);
                        c.send(command, size, random.nextInt(20) == 0 ? random.nextInt(64) : random.nextInt(2) << 4, payload,
                                Arrays.copyOf(some, random.nextInt(3) == 0 ? random.nextInt(4) : 0));
                    }
                } catch (SystemCallException e) {
                    assertThat(e.errno()).as("seed %d: disconnected while it sent", seed).isIn(SystemCallException.EPIPE, ECONNRESET);
                }
            }
            introduce();
            assertThat(client.read(CONFIG, 0, 4)).isEqualTo(0x1041_1af4);
            assertThat(RawClient.uses(ram)).as("seed %d", seed).isEqualTo(1);
            assertThat(RawClient.uses(Path.of("[eventfd]"))).as("seed %d", seed).isEqualTo(before);
        }
    }

    /** Of the right length and with plausible numbers, most of the time. */
    private static byte[] payload(Random random, int command) {
        int[] plausible = {0, 1, 2, 3, 4, 7, 16, 20, 24, 32, 0x21, 0x24, 0x1000, 0x8000, -1};
        int words = switch (command) {
            case 2, 5 -> 8;
            case 3 -> 6;
            case 4, 7, 9 -> 4;
            case 8 -> 5;
            case 10 -> 4 + random.nextInt(3);
            case 15 -> 2 + 6 * random.nextInt(3);
            default -> random.nextInt(9);
        };
        ByteBuffer b = bytes(4 * words);
        for (int i = 0; i < words; i++) {
            b.putInt(i == 0 && command != 9 && command != 10 && random.nextInt(8) > 0 ? 4 * words : plausible[random.nextInt(plausible.length)]);
        }
        return b.array();
    }
}
