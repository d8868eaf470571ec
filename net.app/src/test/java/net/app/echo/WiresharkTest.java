package net.app.echo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.api.EthernetAddress;
import net.api.NetBuf;
import net.app.fake.Pools;
import net.pool.BufferPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody else's judgement of the answers. */
class WiresharkTest {
    @TempDir
    Path folder;

    @Test
    void wireshark_finds_every_answer_well_formed_and_every_checksum_good() throws Exception {
        assumeTrue(installed(), "skipped: tshark is not installed, so Wireshark cannot judge the checksums (apt-get install tshark)");
        Path file = folder.resolve("answers.pcap");
        int frames = write(file);
        String fields = run(List.of("tshark", "-r", file.toString(), "-o", "ip.check_checksum:TRUE", "-T", "fields", "-e", "_ws.malformed", "-e",
                "ip.checksum.status",
                "-e", "icmp.checksum.status", "-e", "icmpv6.checksum.status", "-e", "icmp.type", "-e", "icmpv6.type", "-e", "arp.opcode"));
        List<String> lines = fields.lines().toList();
        assertThat(lines).hasSize(frames);
        // Malformed, then the three states (1 is good), then what kind it is.
        assertThat(lines).allSatisfy(l -> assertThat(l).isIn("\t1\t1\t\t0\t\t", "\t\t\t1\t\t129\t", "\t\t\t1\t\t136\t", "\t\t\t\t\t\t2"));
        assertThat(lines).contains("\t1\t1\t\t0\t\t", "\t\t\t1\t\t129\t", "\t\t\t1\t\t136\t", "\t\t\t\t\t\t2");
    }

    private static int write(Path file) throws IOException {
        Responder responder = new Responder(EthernetAddress.parse(Packets.US), Echo.parse(List.of(Packets.OUR4 + "/24", Packets.OUR6 + "/64")));
        BufferPool pool = Pools.of(64, 10_000);
        int frames = 0;
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
            // The header of a pcap file: magic, version 2.4, zone, accuracy, longest frame, Ethernet.
            out.writeInt(0xa1b2c3d4);
            out.writeInt(0x0002_0004);
            out.writeLong(0);
            out.writeInt(65_535);
            out.writeInt(1);
            for (int size = 0; size < 8950; size = size < 100 ? size + 1 : size + 1111) {
                frames += answer(out, responder, Pools.frame(pool, Packets.ping4(Packets.counting(size)), 2047));
                frames += answer(out, responder, Pools.frame(pool, Packets.ping6(Packets.counting(size)), 2047));
            }
            frames += answer(out, responder, Pools.frame(pool, Packets.solicitation("33:33:ff:00:00:02", Packets.THEIR6, "ff02::1:ff00:2", Packets.OUR6,
                    Packets.linkAddress(1, Packets.THEM)), 2000));
            frames += answer(out, responder, Pools.frame(pool, Packets.solicitation("33:33:ff:00:00:02", "::", "ff02::1:ff00:2", Packets.OUR6, new byte[0]),
                    2000));
            frames += answer(out, responder, Pools.frame(pool, Packets.arp(1, "ff:ff:ff:ff:ff:ff", Packets.THEM, Packets.THEIR4, "00:00:00:00:00:00",
                    Packets.OUR4), 2000));
        }
        return frames;
    }

    private static int answer(DataOutputStream out, Responder responder, NetBuf frame) throws IOException {
        assertThat(responder.answer(frame, 9018, 16).isReply()).isTrue();
        byte[] bytes = frame.toByteArray();
        frame.release();
        out.writeLong(0);
        out.writeInt(bytes.length);
        out.writeInt(bytes.length);
        out.write(bytes);
        return 1;
    }

    private static boolean installed() {
        try {
            return new ProcessBuilder("tshark", "--version").redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectError(new File("/dev/null")).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        return out;
    }
}
