package net.linux.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class SocketsTest {
    private static final int SOON = 10_000;

    private final Arena arena = Arena.ofShared();
    private final Descriptors fds = Descriptors.SYSTEM;
    private final Sockets sockets = Sockets.SYSTEM;
    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        arena.close();
    }

    private MemorySegment bytes(String text) {
        return arena.allocateFrom(text).asSlice(0, text.length());
    }

    private static String text(MemorySegment from, int length) {
        return new String(from.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), java.nio.charset.StandardCharsets.US_ASCII);
    }

    private Descriptor file(String name, int size) throws IOException {
        return new Descriptor(fds.open(Files.write(folder.resolve(name), new byte[size]).toString()));
    }

    /** Descriptors of this process that are files of that kind. */
    private static long open(String target) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.filter(p -> {
                try {
                    return Files.readSymbolicLink(p).toString().contains(target);
                } catch (IOException e) {
                    return false;
                }
            }).count();
        }
    }

    @Test
    void a_descriptor_is_closed_once() throws IOException {
        Descriptor first = new Descriptor(fds.eventfd());
        String number = first.toString();
        first.close();
        Descriptor second = new Descriptor(fds.eventfd());
        assertThat(second).hasToString(number);
        first.close();
        assertThat(first.isOpen()).isFalse();
        fds.signal(second.fd());
        assertThat(fds.drain(second.fd())).isEqualTo(1);
        assertThatThrownBy(() -> first.fd()).hasMessage("the descriptor is closed");
        second.close();
    }

    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void whoever_signals_is_not_kept_waiting() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        // A pipe without reader waits when it is full, where a counter would.
        try (Descriptor full = new Descriptor(fds.open(pipe.toString()))) {
            fds.stopWaiting(full.fd());
            for (int i = 0; i < 1 << 17; i++) {
                fds.signal(full.fd());
            }
        }
    }

    /** Two ends of a connection. */
    private record Pair(Descriptor client, Descriptor server) implements AutoCloseable {
        @Override
        public void close() {
            client.close();
            server.close();
        }
    }

    private Pair pair() {
        try (Descriptor listening = sockets.listen(folder.resolve("s"))) {
            assertThat(sockets.accept(listening, 0)).isNull();
            return new Pair(sockets.connect(folder.resolve("s")), sockets.accept(listening, SOON));
        }
    }

    @Test
    void descriptors_travel_with_the_first_byte() throws IOException {
        try (Pair p = pair(); Descriptor e = new Descriptor(fds.eventfd()); Descriptor f = file("sockets-test-sent", 4096)) {
            sockets.send(p.client, bytes("plain"), List.of(), SOON);
            sockets.send(p.client, bytes("with"), List.of(e, f), SOON);
            MemorySegment in = arena.allocate(16);
            assertThat(sockets.receive(p.server, in, 0, 5, SOON)).isEqualTo(new Sockets.Received(5, List.of(), false, false));
            Sockets.Received two = sockets.receive(p.server, in, 1, 4, SOON);
            assertThat(text(in, 5)).isEqualTo("pwith");
            assertThat(two.descriptors()).hasSize(2);
            fds.signal(two.descriptors().get(0).fd());
            assertThat(fds.drain(e.fd())).isEqualTo(1);
            assertThat(two.descriptors().get(1).target()).contains("sockets-test-sent");
            assertThat(open("sockets-test-sent")).isEqualTo(2);
            two.descriptors().forEach(Descriptor::close);
            assertThat(open("sockets-test-sent")).isEqualTo(1);
        }
    }

    @Test
    void as_many_descriptors_as_there_is_room_for_and_the_rest_is_not_leaked() throws IOException {
        try (Pair p = pair(); Descriptor f = file("sockets-test-many", 1)) {
            List<Descriptor> most = Collections.nCopies(Sockets.MOST_DESCRIPTORS, f);
            sockets.send(p.client, bytes("x"), most, SOON);
            MemorySegment in = arena.allocate(16);
            Sockets.Received all = sockets.receive(p.server, in, 0, 1, SOON);
            assertThat(all.descriptors()).hasSize(Sockets.MOST_DESCRIPTORS);
            assertThat(all.truncated()).isFalse();
            all.descriptors().forEach(Descriptor::close);
            assertThatThrownBy(() -> sockets.send(p.client, bytes("x"), Collections.nCopies(Sockets.MOST_DESCRIPTORS + 1, f), SOON))
                    .hasMessageContaining("17 descriptors");
            assertThat(open("sockets-test-many")).isEqualTo(1);
        }
    }

    @Test
    void waits_are_bounded_and_ends_are_told() throws IOException {
        try (Pair p = pair()) {
            MemorySegment in = arena.allocate(16);
            assertThat(sockets.receive(p.server, in, 0, 4, 1)).isEqualTo(new Sockets.Received(0, List.of(), false, false));
            sockets.send(p.client, bytes("ab"), List.of(), SOON);
            assertThat(sockets.receive(p.server, in, 0, 4, 1)).isEqualTo(new Sockets.Received(2, List.of(), false, false));
            sockets.send(p.client, bytes("cd"), List.of(), SOON);
            p.client.close();
            assertThat(sockets.receive(p.server, in, 2, 4, SOON)).isEqualTo(new Sockets.Received(2, List.of(), false, true));
            assertThat(text(in, 4)).isEqualTo("abcd");
            assertThatThrownBy(() -> sockets.send(p.server, in, List.of(), SOON)).isInstanceOf(SystemCallException.class);
        }
    }

    @Test
    void one_who_does_not_read_does_not_stop_the_sender_for_ever() throws IOException {
        try (Pair p = pair()) {
            MemorySegment much = arena.allocate(8 << 20);
            assertThatThrownBy(() -> sockets.send(p.client, much, List.of(), 5)).hasMessageContaining("of 8388608 bytes taken within 5 ms");
        }
    }

    @Test
    void bytes_arrive_whole_however_they_are_cut() throws Exception {
        try (Pair p = pair()) {
            MemorySegment out = arena.allocate(4 << 20);
            for (long i = 0; i < out.byteSize(); i += 4) {
                out.set(ValueLayout.JAVA_INT, i, (int) (i * 0x9e37_79b9L));
            }
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> sockets.send(p.client, out, List.of(), SOON));
            MemorySegment in = arena.allocate(4 << 20);
            assertThat(sockets.receive(p.server, in, 0, (int) in.byteSize(), SOON).bytes()).isEqualTo(4 << 20);
            sent.get(30, TimeUnit.SECONDS);
            assertThat(in.mismatch(out)).isEqualTo(-1);
        }
    }

    @Test
    void shutdown_brings_waiting_threads_back() throws Exception {
        try (Descriptor listening = sockets.listen(folder.resolve("s")); Descriptor client = sockets.connect(folder.resolve("s"));
                Descriptor server = sockets.accept(listening, SOON)) {
            MemorySegment in = arena.allocate(16);
            CompletableFuture<Sockets.Received> received = CompletableFuture.supplyAsync(() -> sockets.receive(server, in, 0, 4, 60_000));
            sockets.shutdown(server);
            assertThat(received.get(30, TimeUnit.SECONDS)).isEqualTo(new Sockets.Received(0, List.of(), false, true));
            CompletableFuture<Boolean> accepted = CompletableFuture.supplyAsync(() -> sockets.accept(listening, 60_000) != null);
            sockets.shutdown(listening);
            assertThat(accepted.get(30, TimeUnit.SECONDS)).isFalse();
            sockets.shutdown(client);
            sockets.shutdown(client);
        }
    }

    @Test
    void paths_are_checked() throws IOException {
        Path longest = Path.of(folder + "/" + "x".repeat(Sockets.LONGEST_PATH - folder.toString().length() - 1));
        sockets.listen(longest).close();
        assertThatThrownBy(() -> sockets.listen(longest)).hasMessage("bind " + longest + ": address in use (EADDRINUSE)");
        assertThatThrownBy(() -> sockets.listen(Path.of(longest + "x"))).hasMessageContaining("1 to 107 bytes");
        assertThatThrownBy(() -> sockets.connect(folder.resolve("nobody"))).hasMessageContaining("no such file");
    }
}
