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

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.api.DevException;
import net.linux.sys.Descriptor;
import net.linux.sys.Descriptors;
import net.linux.sys.Mappings;
import net.linux.sys.Views;
import net.testkit.Await;
import org.junit.jupiter.api.Test;

class VfioUserServerTest extends ServedModel {
    private static final long PAGE = 4096;

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

    @Test
    void a_guest_behind_an_iommu_has_its_memory_page_by_page() throws Exception {
        introduce();
        Path ram = folder.resolve("ram-in-pages");
        try (Arena arena = Arena.ofConfined(); Descriptor file = RawClient.file(ram, 6 * PAGE)) {
            MemorySegment memory = Mappings.SYSTEM.map(file.fd(), 0, 6 * PAGE, arena);
            List<MemorySegment> pages = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                // The last page of the file comes first; the frame is in one that the guest's driver lets the card read only.
                client.call(2, map(i == 5 ? 1 : 3, (5 - i) * PAGE, 0x10_0000 + i * PAGE, PAGE), file);
                pages.add(memory.asSlice((5 - i) * PAGE, PAGE));
            }
            MemorySegment seen = Views.SYSTEM.join(pages, arena);
            client.write(CONFIG, 4, 2, 6);
            // Each of them begins in one page and ends in the next.
            transmitQueue(0x10_0ff0, 0x10_1ff0, 0x10_2ff0);
            byte[] frame = new byte[1000];
            new Random(2).nextBytes(frame);
            frame[0] = 2;
            for (int i = 1; i <= 2; i++) {
                offer(seen, i, 0x4e00, frame);
                assertThat(peer.receive(20_000_000_000L)).isEqualTo(frame);
                int used = i;
                Await.until("the frame to be used", () -> seen.get(ValueLayout.JAVA_SHORT, 0x2ff2) == used);
            }
            assertThat(model.complaints()).isEmpty();
            assertThat(model.dmaFaults()).isZero();
            // A page goes: nothing is accessed that lies in it, by none of the ways that led there.
            client.call(3, unmap(0, 0x10_5000, PAGE));
            offer(seen, 3, 0x4e00, frame);
            Await.until("the model to give up", () -> model.dmaFaults() == 1);
            assertThat(model.lastDmaFault()).contains("buffer: 1012 bytes at device address 0x104e00");
        }
        client.close();
        Await.until("the mappings to go with their client", () -> !server.isConnected());
        assertThat(RawClient.uses(ram)).isZero();
    }

    /** The next chain, of one descriptor: a header of zeros and a frame. */
    private void offer(MemorySegment seen, int number, long at, byte[] frame) {
        int i = number - 1;
        MemorySegment.copy(frame, 0, seen, ValueLayout.JAVA_BYTE, at + 12, frame.length);
        seen.set(ValueLayout.JAVA_LONG, 0xff0 + 16 * i, 0x10_0000 + at);
        seen.set(ValueLayout.JAVA_LONG, 0xff8 + 16 * i, 12 + frame.length);
        seen.set(ValueLayout.JAVA_SHORT, 0x1ff4 + 2 * i, (short) i);
        VarHandle.releaseFence();
        seen.set(ValueLayout.JAVA_SHORT, 0x1ff2, (short) number);
        client.write(2, 4, 2, 1);
    }

    private int msix() {
        int c = client.read(CONFIG, 0x34, 1);
        while (client.read(CONFIG, c, 1) != 0x11) {
            c = client.read(CONFIG, c + 1, 1);
        }
        return c;
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
