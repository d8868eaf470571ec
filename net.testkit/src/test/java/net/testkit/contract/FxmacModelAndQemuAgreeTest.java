package net.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import net.api.EthernetAddress;
import net.api.device.DmaMemory;
import net.api.driver.Register;
import net.api.host.DeviceHost;
import net.api.host.DmaRequest;
import net.api.host.PlatformAccess;
import net.hw.fxmac.Counter;
import net.hw.fxmac.Fxmac;
import net.sim.Endpoint;
import net.sim.FxmacConfig;
import net.sim.FxmacModel;
import net.sim.SimHost;
import net.testkit.CableEnd;
import net.testkit.qemu.Machines;
import net.testkit.qemu.QemuBoard;
import net.testkit.qemu.QemuCard;
import net.testkit.qemu.QemuHost;
import org.junit.jupiter.api.Test;

/** One script of register accesses, descriptors and frames, on the model and on QEMU's GEM: both answer alike. What they both have is what QEMU judges. */
class FxmacModelAndQemuAgreeTest {
    private static final Path PAGE = Path.of("..", "docs", "fxmac-judges.md");

    @Test
    void theModelAndQemusGemAnswerTheSameScriptAlike() throws IOException {
        TreeSet<Integer> held = new TreeSet<>();
        TreeSet<Integer> touched = new TreeSet<>();
        Consumer<FxmacScript> registers = s -> {
            held.addAll(s.held());
            touched.addAll(s.touched());
        };
        Map<String, String> qemu = onQemu(registers);
        Map<String, String> model = onModel(registers);
        assertThat(model.keySet()).isEqualTo(qemu.keySet());
        assertThat(qemu.keySet().stream().filter(k -> !model.get(k).equals(qemu.get(k))).map(k -> k + ": the model " + model.get(k) + ", QEMU " + qemu.get(k)))
                .as("observations that differ").isEmpty();
        String page = page(qemu, held, touched);
        if (Boolean.getBoolean("hotnic.record")) {
            Files.writeString(PAGE, page);
        }
        assertThat(PAGE).as("the page says what this test saw (else: -Dhotnic.record=true writes it)").hasContent(page);
    }

    private static Map<String, String> onQemu(Consumer<FxmacScript> registers) {
        try (QemuHost host = Machines.start(QemuBoard.ZYNQ, QemuCard.cabled(GemCards.MAC).onRootBus().with(GemCards.AS_FXMAC))) {
            return run(host, host.cable(0), registers);
        }
    }

    private static Map<String, String> onModel(Consumer<FxmacScript> registers) {
        try (SimHost host = new SimHost("sim")) {
            FxmacModel model = new FxmacModel(FxmacConfig.gem(EthernetAddress.parse(GemCards.MAC), 4));
            Endpoint end = host.endpoint("far end", 16);
            host.plug(model);
            host.connect(model.port(), end.port());
            Map<String, String> log = run(host, new SimCards.End(end), registers);
            assertThat(model.dmaFaults()).as(model.lastDmaFault()).isZero();
            return log;
        }
    }

    private static Map<String, String> run(DeviceHost host, CableEnd cable, Consumer<FxmacScript> registers) {
        PlatformAccess platform = host.platform().orElseThrow();
        String name = platform.nodes().getFirst().name();
        platform.acquire(name);
        try (DmaMemory memory = host.allocateDma(new DmaRequest("a script", 64 << 10, 4096, true, true))) {
            FxmacScript script = new FxmacScript(platform.mapRegion(name, 0), memory, cable);
            Map<String, String> log = script.run();
            registers.accept(script);
            return log;
        } finally {
            platform.release(name);
        }
    }

    // ---- the page ----

    private static boolean any(Register r, Set<Integer> offsets) {
        return IntStream.range(0, r.count()).anyMatch(i -> offsets.contains(r.at(i)));
    }

    private static String page(Map<String, String> log, Set<Integer> held, Set<Integer> touched) {
        StringBuilder b = new StringBuilder("""
                # What QEMU proves of FXMAC, and what only our model does

                Made by `FxmacModelAndQemuAgreeTest`, which runs one script of register accesses, descriptors and frames on QEMU's Cadence GEM and on the
                model in
                `net.sim`, and compares %d observations. A register is judged by QEMU if it takes part in what the script does on both; some only hold in QEMU
                what is written to them, and what they do is the model's word alone.

                """.formatted(log.size()));
        b.append("## Registers\n\n| register | offset | judge |\n|---|---|---|\n");
        List<Register> all = new ArrayList<>(List.of(Fxmac.values()));
        all.addAll(List.of(Counter.values()));
        all.sort((x, y) -> Integer.compare(x.offset(), y.offset()));
        for (Register r : all) {
            b.append("| %s | 0x%04x | %s |\n".formatted(r.name(), r.offset(), any(r, touched) ? "QEMU" : any(r,
                    held) ? "QEMU holds it, the model acts" : "model"));
        }
        b.append("""

                ## Behaviour that QEMU does not have

                | behaviour | judge |
                |---|---|
                | clock and SerDes selects of each interface and speed: frames pass only if they fit the link | model |
                | 64b/66b PCS, its block lock; HS_MAC, 2.5, 5 and 10 Gb/s | model |
                | 8b/10b PCS, its link and the partner's ability | model |
                | tail pointers | model |
                | interrupt status that is cleared by writing ones | model |
                | counters that are cleared by reading them | model |
                | received checksums, and frames dropped for wrong ones | model |
                | receive queues filled by screeners | model |
                | speeds and duplex below 1000 Mb/s full, negotiation that takes time, a YT8521's own status | model |
                | overrun, underrun, errors of the bus, frames cut short | model |
                | MDIO that hangs, a PHY whose reset does not end, a PHY that is not there | model |

                ## Observations that agree

                """);
        log.keySet().forEach(k -> b.append("* ").append(k).append('\n'));
        return b.toString();
    }
}
