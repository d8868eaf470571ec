package net.sim;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What Linux's own driver reads and writes while it starts a card, replayed: reads give what it expects. */
class IxgbeLinuxTraceTest {
    private static final Pattern LINE = Pattern.compile("\\s*([RW]) ([0-9a-f]{5})(?:\\.\\.([0-9a-f]{5}) step ([0-9a-f]+))? = ([0-9a-f]{8})(?:\\s+x(\\d+))?");
    private static final Pattern LOOP = Pattern.compile("-- (\\d+) times:");

    private record Access(boolean write, int from, int to, int step, int value) {
    }

    private static List<Access> trace() throws IOException {
        List<Access> all = new ArrayList<>();
        List<Access> loop = new ArrayList<>();
        int times = 1;
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(IxgbeLinuxTraceTest.class.getResourceAsStream("linux-ixgbe-init.trace")), StandardCharsets.US_ASCII))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                Matcher l = LOOP.matcher(line);
                Matcher m = LINE.matcher(line);
                if (!line.startsWith(" ")) {
                    for (int i = 0; i < times; i++) {
                        all.addAll(loop);
                    }
                    loop.clear();
                    times = l.matches() ? Integer.parseInt(l.group(1)) : 1;
                }
                if (m.matches()) {
                    int from = Integer.parseInt(m.group(2), 16);
                    Access a = new Access(m.group(1).equals("W"), from, m.group(3) == null ? from : Integer.parseInt(m.group(3), 16),
                            m.group(4) == null ? 4 : Integer.parseInt(m.group(4), 16), Integer.parseUnsignedInt(m.group(5), 16));
                    for (int i = 0; i < (m.group(6) == null ? 1 : Integer.parseInt(m.group(6))); i++) {
                        (line.startsWith(" ") ? loop : all).add(a);
                    }
                } else {
                    assertThat(line.isEmpty() || line.startsWith("#") || l.matches()).as(line).isTrue();
                }
            }
        }
        return all;
    }

    /** Bits that must agree where not all do: address, firmware and EEPROM are others, and the datasheet has values after reset that that card had not. */
    private static final Map<Integer, Integer> CARE = Map.ofEntries(
            // RDRXCTL: DMA initialised. PCS1GLCTL, PCS1GANA, HLREG0, MAXFRS, RTTDCS, DMATXCTL, VLNCTRL: see IxgbeRegisterTest.
            entry(0x02f00, 0x8), entry(0x04208, 0), entry(0x04218, 0), entry(0x04240, 0), entry(0x04268, 0), entry(0x04900, 0), entry(0x04a80, 0),
            entry(0x05088, 0),
            // AUTOC: from the EEPROM; its restart bit clears itself. LINKS: up, 10 Gb/s. ANLP1: negotiates here.
            entry(0x042a0, 0), entry(0x042a4, 0x7000_0000), entry(0x042b0, 0),
            // RAL, RAH: valid. FWSM: valid. FACTPS: port 0 is there. FWSTS: ones clear.
            entry(0x05400, 0), entry(0x05404, 0x8000_0000), entry(0x10148, 0x8000), entry(0x10150, 0), entry(0x15f0c, 0));

    @Test
    void the_driver_reads_what_it_expects_and_does_nothing_wrong() throws IOException {
        try (RawIxgbe c = new RawIxgbe(IxgbeConfig.of(RawIxgbe.MAC).withDeviceId(IxgbeConfig.BACKPLANE))) {
            List<Access> trace = trace();
            Access doorbell = trace.removeLast();
            int reads = 0;
            for (Access a : trace) {
                for (int at = a.from; at <= a.to; at += a.step) {
                    if (a.write) {
                        c.w(at, a.value);
                    } else {
                        int care = CARE.getOrDefault(at, -1);
                        assertThat(c.r(at) & care).as("access %d: register 0x%05x", reads, at).isEqualTo(a.value & care);
                        reads++;
                    }
                }
            }
            assertThat(reads).as("reads in the trace").isGreaterThan(2000);
            assertThat(c.model.complaints()).isEmpty();
            // The ring is where Linux had it, and nothing is there: up to now the card had no reason to look.
            c.w(doorbell.from, doorbell.value);
            Wait.until("a fault", () -> !c.model.complaints().isEmpty());
            assertThat(c.model.complaints()).first().asString().contains("transmit ring");
        }
    }
}
