package net.testkit.vfio;

import static net.testkit.vfio.RawClient.access;
import static net.testkit.vfio.RawClient.bytes;
import static net.testkit.vfio.RawClient.ints;
import static net.testkit.vfio.RawClient.irqs;
import static net.testkit.vfio.RawClient.map;
import static net.testkit.vfio.RawClient.unmap;
import static net.testkit.vfio.RawClient.version;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import net.api.DevException;
import net.api.EthernetAddress;
import net.linux.sys.Descriptor;
import net.linux.sys.Descriptors;
import net.linux.sys.Mappings;
import net.linux.sys.SystemCallException;
import net.sim.Endpoint;
import net.sim.SimHost;
import net.sim.VirtioNetConfig;
import net.sim.VirtioNetModel;
import net.testkit.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VfioUserServerTest {
    private static final int REPLY = 1;
    private static final int REFUSED = 0x21;
    private static final int EEXIST = 17;
    private static final int EINVAL = 22;
    private static final int ECONNRESET = 104;
    private static final int CONFIG = 7;
    private static final int MSIX = 2;
    /** Flags of SET_IRQS: eventfds that are signalled, or nothing. */
    private static final int EVENTS = 0x24;
    private static final int NONE = 0x21;
    private static final int BOOLS = 0x22;

    private final SimHost host = new SimHost("served");
    private final VirtioNetModel model = new VirtioNetModel(VirtioNetConfig.of(EthernetAddress.parse("02:00:00:00:00:01")));
    private final Endpoint peer = host.endpoint("peer", 16);
    @TempDir
    private Path folder;
    private VfioUserServer server;
    private RawClient client;

    @BeforeEach
    void serve() {
        host.connect(model.port(), peer.port());
        server = VfioUserServer.serve(folder.resolve("s"), host, model);
    }

    @AfterEach
    void close() {
        if (client != null) {
            client.close();
        }
        server.close();
        host.close(0);
    }

    private void introduce() {
        client = RawClient.introduced(server.path());
    }

    // ---- what a client is told ----

    @Test
    void the_version_is_0_0_with_capabilities_that_were_proposed() {
        client = new RawClient(server.path());
        RawClient.Reply r = client.call(1, version(0, 3, "{\"capabilities\":{\"max_msg_fds\":8,\"pgsizes\":4096,\"write_multiple\":true}}"));
        assertThat(r.flags()).isEqualTo(REPLY);
        assertThat(r.data().getInt()).isZero();
        assertThat(new String(r.payload(), 4, r.payload().length - 4, StandardCharsets.US_ASCII))
                .isEqualTo("{\"capabilities\":{\"max_msg_fds\":16,\"write_multiple\":true}}\0");
    }

    @Test
    void a_version_may_come_without_capabilities() {
        client = new RawClient(server.path());
        assertThat(client.call(1, ints(0)).flags()).isEqualTo(REPLY);
        assertThat(client.call(13, new byte[0]).flags()).isEqualTo(REPLY);
    }

    @Test
    void it_is_a_pci_device_with_the_models_bars_and_vectors() {
        introduce();
        assertThat(client.call(4, ints(16, 0, 0, 0)).payload()).isEqualTo(ints(16, 3, 9, 5));
        long[] sizes = {0x1000, 0, 0x4000, 0, 0, 0, 0, 4096, 0};
        for (int i = 0; i < sizes.length; i++) {
            ByteBuffer info = client.call(5, bytes(32).putInt(32).putInt(0).putInt(i).array()).data();
            assertThat(info.getInt(4)).as("flags of region %d", i).isEqualTo(sizes[i] == 0 ? 0 : 3);
            assertThat(info.getLong(16)).as("size of region %d", i).isEqualTo(sizes[i]);
        }
        for (int i = 0; i < 5; i++) {
            assertThat(client.call(7, ints(16, 0, i, 0)).payload()).isEqualTo(ints(16, i == MSIX ? 1 : 0, i, i == MSIX ? 4 : 0));
        }
        assertThat(client.call(5, bytes(32).putInt(32).putInt(0).putInt(9).array()).errno()).isEqualTo(EINVAL);
        assertThat(client.call(7, ints(16, 0, 5, 0)).errno()).isEqualTo(EINVAL);
    }

    @Test
    void registers_are_read_and_written_at_any_length() {
        introduce();
        assertThat(client.read(CONFIG, 0, 4)).isEqualTo(0x1041_1af4);
        assertThat(client.call(9, access(0, CONFIG, 4096)).payload()).hasSize(16 + 4096).startsWith(access(0, CONFIG, 4096, (byte) 0xf4, (byte) 0x1a));
        client.write(CONFIG, 4, 2, 2);
        assertThat(client.call(9, access(1, CONFIG, 5)).payload()).isEqualTo(access(1, CONFIG, 5, (byte) 0x1a, (byte) 0x41, (byte) 0x10, (byte) 2, (byte) 0));
        assertThat(client.read(2, 0x1018, 2)).isEqualTo(256);
        client.write(2, 0x1020, 8, 0x1234_5678_9abcL);
        assertThat(client.read(2, 0x1020, 4)).isEqualTo(0x5678_9abc);
        assertThat(client.read(2, 0x1024, 4)).isEqualTo(0x1234);
        client.call(13, new byte[0]);
        client.write(CONFIG, 4, 2, 2);
        assertThat(client.read(2, 0x1024, 4)).isZero();
    }

    @Test
    void posted_and_gathered_writes_come_in_order() {
        introduce();
        client.write(CONFIG, 4, 2, 2);
        client.send(10, 16 + 16 + 1, 0x10, access(0x1014, 2, 1, (byte) 1));
        byte[] two = bytes(8 + 48).putLong(2).putLong(0x1014).putInt(2).putInt(1).putLong(3).putLong(0x1020).putInt(2).putInt(8).putLong(-1 & ~15L).array();
        client.send(15, 16 + two.length, 0x10, two);
        assertThat(client.read(2, 0x1014, 1)).isEqualTo(3);
        assertThat(client.read(2, 0x1024, 4)).isEqualTo(-1);
        assertThat(client.call(15, bytes(8).putLong(0).array()).payload()).isEqualTo(bytes(8).putLong(0).array());
    }

    // ---- what it does for a driver ----

    @Test
    void a_frame_goes_out_of_the_clients_memory_and_interrupts() throws Exception {
        introduce();
        Path ram = folder.resolve("ram-of-the-guest");
        try (Arena arena = Arena.ofConfined(); Descriptor file = RawClient.file(ram, 1 << 20); Descriptor event = RawClient.event()) {
            MemorySegment memory = Mappings.SYSTEM.map(file.fd(), 0, 1 << 20, arena);
            assertThat(client.call(2, map(3, 0x1000, 0x10_0000, 0xf_f000), file).flags()).isEqualTo(REPLY);
            client.write(CONFIG, 4, 2, 6);
            client.write(CONFIG, msix() + 2, 2, 0x8000);
            assertThat(client.call(8, irqs(EVENTS, MSIX, 3, 1), event).flags()).isEqualTo(REPLY);
            transmitQueue();
            byte[] frame = new byte[60];
            new Random(1).nextBytes(frame);
            frame[0] = 2;
            MemorySegment.copy(frame, 0, memory, ValueLayout.JAVA_BYTE, 0x4000 + 12, 60);
            memory.set(ValueLayout.JAVA_LONG, 0x1000, 0x10_3000);
            memory.set(ValueLayout.JAVA_LONG, 0x1008, 72);
            VarHandle.releaseFence();
            memory.set(ValueLayout.JAVA_SHORT, 0x2002, (short) 1);
            client.write(2, 4, 2, 1);
            assertThat(peer.receive(20_000_000_000L)).isEqualTo(frame);
            Await.until("the interrupt", () -> Descriptors.SYSTEM.drain(event.fd()) > 0);
            assertThat(memory.get(ValueLayout.JAVA_SHORT, 0x3002)).isEqualTo((short) 1);
            assertThat(model.complaints()).isEmpty();
            byte[] unmap = unmap(0, 0x10_0000, 0xf_f000);
            assertThat(client.call(3, unmap).payload()).isEqualTo(unmap);
        }
        assertThat(RawClient.uses(ram)).isZero();
    }

    private int msix() {
        int c = client.read(CONFIG, 0x34, 1);
        while (client.read(CONFIG, c, 1) != 0x11) {
            c = client.read(CONFIG, c + 1, 1);
        }
        return c;
    }

    /** Descriptors at 0x100000, available ring at 0x101000, used ring at 0x102000, vector 3. Virtio 1.2, 4.1.4.3. */
    private void transmitQueue() {
        for (long[] w : new long[][] {{0x14, 1, 3}, {8, 4, 1}, {0x0c, 4, 3}, {0x14, 1, 0xb}, {0x16, 2, 1}, {0x18, 2, 16}, {0x1a, 2, 3}, {0x20, 8, 0x10_0000},
            {0x28, 8, 0x10_1000}, {0x30, 8, 0x10_2000}, {0x1c, 2, 1}, {0x14, 1, 0xf}}) {
            client.write(2, 0x1000 + w[0], (int) w[1], w[2]);
        }
    }

    @Test
    void clients_come_one_after_the_other_to_a_model_as_new() {
        introduce();
        client.write(CONFIG, 4, 2, 6);
        assertThat(model.isPlugged()).isTrue();
        assertThat(server.isConnected()).isTrue();
        client.close();
        Await.until("the model to be free", () -> !model.isPlugged());
        introduce();
        assertThat(client.read(CONFIG, 4, 2)).isZero();
        assertThat(server.clients()).isEqualTo(2);
        assertThat(server.lastEnd()).isEmpty();
    }

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
            // Known, and out of reach: no descriptor, or for reading only.
            assertThat(client.call(2, map(3, 0, 0x10_0000, 4096)).flags()).isEqualTo(REPLY);
            assertThat(client.call(2, map(1, 0, 0x20_0000, 4096), file).flags()).isEqualTo(REPLY);
            assertThat(client.call(2, map(3, 0, 0x10_0000, 4096), file).errno()).isEqualTo(EEXIST);
            assertThat(RawClient.uses(ram)).isEqualTo(2);
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

    @Test
    void random_clients_leave_nothing_behind() throws IOException {
        long seed = System.nanoTime();
        System.out.println("VfioUserServerTest seed " + seed);
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

    @Test
    void closing_it_disconnects_its_client_and_removes_the_socket() {
        introduce();
        assertThatThrownBy(() -> VfioUserServer.serve(server.path(), host, model)).isInstanceOf(DevException.class).hasMessageContaining("address in use");
        server.close();
        assertThat(client.isDisconnected()).isTrue();
        assertThat(server.path()).doesNotExist();
        assertThat(model.isPlugged()).isFalse();
        server.close();
        assertThatThrownBy(() -> VfioUserServer.serve(folder.resolve("x".repeat(120)), host, model)).isInstanceOf(DevException.class)
                .hasMessageContaining("1 to 107 bytes");
        assertThat(Files.exists(server.path())).isFalse();
    }

    @Test
    void a_model_that_is_plugged_in_elsewhere_is_not_served() {
        host.plug(model, false);
        client = new RawClient(server.path());
        assertThat(client.isDisconnected()).isTrue();
        Await.until("the reason", () -> server.lastEnd().contains("unplug it first"));
        host.unplug(model);
        client.close();
        introduce();
    }
}
