package net.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.FieldRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import net.api.EthernetAddress;
import net.api.LinkState;
import net.api.device.DmaMemory;
import net.api.device.Mmio;
import net.api.driver.Access;
import net.api.driver.Register;
import net.api.host.DeviceHost;
import net.api.host.DmaRequest;
import net.api.host.PlatformAccess;
import net.hw.fxmac.ClockSelect;
import net.hw.fxmac.Counter;
import net.hw.fxmac.Fxmac;
import net.sim.Endpoint;
import net.sim.FxmacConfig;
import net.sim.FxmacFault;
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
    /** Of each type: the default of QEMU's properties. */
    private static final int QEMUS_SCREENERS = 4;
    private static final LinkState SLOW = new LinkState(true, 100, false);
    /** The page as it should be; {@code ./check docs} compares too. */
    private static final Path SEEN = Path.of("target", "fxmac-judges.md");
    private static final Path PAGE = Path.of("..", "docs", "fxmac-judges.md");

    @Test
    void theModelAndQemusGemAnswerTheSameScriptAlike() throws IOException {
        TreeSet<Integer> held = new TreeSet<>();
        TreeSet<Integer> touched = new TreeSet<>();
        Consumer<GemAccess> registers = s -> {
            held.addAll(s.held());
            touched.addAll(s.touched());
        };
        Map<String, String> qemu = onQemu(registers);
        Map<String, String> model = onModel(registers);
        assertThat(model.keySet()).isEqualTo(qemu.keySet());
        assertThat(qemu.keySet().stream().filter(k -> !model.get(k).equals(qemu.get(k))).map(k -> k + ": the model " + model.get(k) + ", QEMU " + qemu.get(k)))
                .as("observations that differ").isEmpty();
        Map<String, Boolean> asked = probeQemu();
        Map<String, Boolean> answered = probeModels();
        assertThat(answered.keySet()).isEqualTo(asked.keySet());
        assertThat(answered).as("what the models do").doesNotContainValue(false);
        String page = page(qemu, held, touched, asked);
        Files.writeString(SEEN, page);
        assertThat(PAGE).as("the page says what this test saw (else: copy %s)", SEEN.toAbsolutePath()).hasContent(page);
    }

    private static Map<String, String> onQemu(Consumer<GemAccess> registers) {
        return qemu(rig -> script(rig, registers));
    }

    private static Map<String, String> onModel(Consumer<GemAccess> registers) {
        FxmacConfig config = new FxmacConfig(EthernetAddress.parse(GemCards.MAC), false, 4, QEMUS_SCREENERS, true, true, true, "rgmii-id",
                FxmacConfig.PhyKind.GENERIC);
        return model(config, m -> { }, rig -> script(rig, registers));
    }

    private static Map<String, String> script(Rig rig, Consumer<GemAccess> registers) {
        Map<String, String> log = new LinkedHashMap<>();
        for (GemAccess script : List.of(new FxmacScript(rig.window, rig.memory, rig.cable), new FxmacQueueScript(rig.window, rig.memory, rig.cable))) {
            log.putAll(script.run());
            registers.accept(script);
        }
        return log;
    }

    private static Map<String, Boolean> probeQemu() {
        return qemu(rig -> {
            FxmacProbes probes = new FxmacProbes(rig.window, rig.memory, rig.cable);
            probes.run();
            probes.slow(SLOW);
            return probes.usx();
        });
    }

    private static Map<String, Boolean> probeModels() {
        FxmacConfig fxmac = FxmacConfig.of(EthernetAddress.parse(GemCards.MAC));
        Map<String, Boolean> all = new LinkedHashMap<>(model(fxmac, m -> { }, rig -> new FxmacProbes(rig.window, rig.memory, rig.cable).run()));
        all.putAll(model(fxmac, m -> m.setPartner(SLOW.speedMbps(), SLOW.fullDuplex()), rig -> new FxmacProbes(rig.window, rig.memory, rig.cable).slow(SLOW)));
        all.putAll(model(fxmac.with("usxgmii", FxmacConfig.PhyKind.NONE), m -> { }, rig -> new FxmacProbes(rig.window, rig.memory, rig.cable).usx()));
        return all;
    }

    /** A device with nobody but the test. */
    private record Rig(Mmio window, DmaMemory memory, CableEnd cable) {
    }

    private static <T> T qemu(Function<Rig, T> work) {
        try (QemuHost host = Machines.start(QemuBoard.ZYNQ, QemuCard.cabled(GemCards.MAC).onRootBus().with(GemCards.AS_FXMAC))) {
            return on(host, host.cable(0), work);
        }
    }

    private static <T> T model(FxmacConfig config, Consumer<FxmacModel> before, Function<Rig, T> work) {
        try (SimHost host = new SimHost("sim")) {
            FxmacModel model = new FxmacModel(config);
            Endpoint end = host.endpoint("far end", 16);
            host.plug(model);
            host.connect(model.port(), end.port());
            before.accept(model);
            T result = on(host, new SimCards.End(end), work);
            assertThat(model.dmaFaults()).as(model.lastDmaFault()).isZero();
            return result;
        }
    }

    private static <T> T on(DeviceHost host, CableEnd cable, Function<Rig, T> work) {
        PlatformAccess platform = host.platform().orElseThrow();
        String name = platform.nodes().getFirst().name();
        platform.acquire(name);
        try (DmaMemory memory = host.allocateDma(new DmaRequest("a script", 64 << 10, 4096, true, true))) {
            return work.apply(new Rig(platform.mapRegion(name, 0), memory, cable));
        } finally {
            platform.release(name);
        }
    }

    // ---- the page ----

    private static boolean any(Register r, Set<Integer> offsets) {
        return IntStream.range(0, r.count()).anyMatch(i -> offsets.contains(r.at(i)));
    }

    /** Constants of the registers' tables that code of the model names: those that it acts upon. The file of registers names all, and holds them. */
    private static Set<String> named() throws IOException {
        Set<String> names = new TreeSet<>();
        for (String part : List.of("Model", "Window", "Transmitter", "Receiver", "Interrupts", "Link", "Phy", "Pause", "Counters")) {
            names.addAll(named(FxmacModel.class.getResourceAsStream("Fxmac" + part + ".class")));
        }
        names.addAll(named(ClockSelect.class.getResourceAsStream("ClockSelect.class")));
        return names;
    }

    private static List<String> named(InputStream code) throws IOException {
        try (code) {
            List<String> names = new ArrayList<>();
            for (PoolEntry e : ClassFile.of().parse(code.readAllBytes()).constantPool()) {
                if (e instanceof FieldRefEntry f && Set.of("net/hw/fxmac/Fxmac", "net/hw/fxmac/Counter").contains(f.owner().asInternalName())) {
                    names.add(f.name().stringValue());
                }
            }
            return names;
        }
    }

    /** The model does more with it than to keep it: of counters it names the first of a kind, and of octets the lower half. */
    private static boolean acts(Register r, Set<String> named) {
        return named.contains(r.name()) || r instanceof Counter && r.name().matches("[TR]X_(\\d.*|OCTETS_HIGH)");
    }

    private static String judge(Register r, Set<Integer> held, Set<Integer> touched, Set<String> named) {
        boolean constant = r.access() == Access.RO && !acts(r, named);
        if (any(r, touched) || constant && any(r, held)) {
            return "QEMU";
        }
        return any(r, held) ? acts(r, named) ? "QEMU holds it, the model acts" : "both hold it, and no more" : acts(r, named) ? "model"
                : constant ? "the model holds a constant" : r instanceof Counter ? "nothing counts it" : "the model holds it, and no more";
    }

    private static String page(Map<String, String> log, Set<Integer> held, Set<Integer> touched, Map<String, Boolean> asked) throws IOException {
        Set<String> named = named();
        StringBuilder b = new StringBuilder("""
                # What QEMU proves of FXMAC, and what only our model does

                Made by `FxmacModelAndQemuAgreeTest`, which runs one script of register accesses, descriptors and frames on QEMU's Cadence GEM and on the
                model in `net.sim`, and compares %d observations. A register is judged by QEMU if it takes part in what the script does on both; some only hold
                in QEMU what is written to them, and what they do is the model's word alone; some only hold it in the model, too, and are here for dumps.
                What a GEM may leave out is asked of both.

                """.formatted(log.size()));
        b.append("## Registers\n\n| register | offset | judge |\n|---|---|---|\n");
        List<Register> all = new ArrayList<>(List.of(Fxmac.values()));
        all.addAll(List.of(Counter.values()));
        all.sort((x, y) -> Integer.compare(x.offset(), y.offset()));
        for (Register r : all) {
            b.append("| %s | 0x%04x | %s |\n".formatted(r.name(), r.offset(), judge(r, held, touched, named)));
        }
        b.append("\n## What a GEM may leave out\n\n| question | QEMU | model |\n|---|---|---|\n");
        asked.forEach((question, qemu) -> b.append("| %s | %s | yes |\n".formatted(question, qemu ? "yes" : "no")));
        b.append("\n## What goes wrong on request, with the model alone\n\n");
        for (FxmacFault f : FxmacFault.values()) {
            b.append("* ").append(f.name().toLowerCase(Locale.ROOT).replace('_', ' ')).append('\n');
        }
        b.append("\n## Observations that agree\n\n");
        log.keySet().forEach(k -> b.append("* ").append(k).append('\n'));
        return b.toString();
    }
}
