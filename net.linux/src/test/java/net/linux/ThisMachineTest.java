package net.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import net.api.device.PciAddress;
import net.api.host.PciAccess;
import org.junit.jupiter.api.Test;

/** The machine that the tests run on, compared with what a shell reads there. */
class ThisMachineTest {
    private static final Path DEVICES = Path.of("/sys/bus/pci/devices");

    @Test
    void aWalkOfConfigurationSpaceFindsWhatTheKernelLists() throws Exception {
        assumeThat(Files.isDirectory(DEVICES)).as("this machine has %s", DEVICES).isTrue();
        Map<String, String> kernel = new TreeMap<>();
        for (String line : output("for d in /sys/bus/pci/devices/????:??:??.?; do [ -e $d/vendor ] && "
                + "echo ${d##*/} $(cat $d/vendor $d/device $d/class | tr -d x) driver=$(basename \"$(readlink $d/driver)\"); done; true")) {
            kernel.put(line.substring(0, 12), line.substring(13));
        }
        assumeThat(kernel).as("this machine has PCI functions").isNotEmpty();
        Machine here = Machine.here(Path.of("/sys"));
        LinuxHost host = new LinuxHost(here, new AllowList(List.of(), List.of()), Path.of("/nowhere"), new VfioAccess(here));
        PciAccess pci = host.pci().orElseThrow();
        Map<String, String> walked = new TreeMap<>();
        for (PciAccess.Root root : pci.roots()) {
            for (int bus : busesBelow(pci, root)) {
                for (int slot = 0; slot < 256; slot++) {
                    PciAddress f = new PciAddress(root.segment(), bus, slot >> 3, slot & 7);
                    boolean reachable = f.function() == 0 || (pci.read(f.withFunction(0), 0x0e, 1) & 0x80) != 0;
                    if (reachable && pci.read(f, 0, 2) != 0xffff) {
                        walked.put(f.toString(), "0%04x 0%04x 0%06x driver=%s".formatted(pci.read(f, 0, 2), pci.read(f, 2, 2), pci.read(f, 8, 4) >>> 8,
                                host.describe(f.toString()).getOrDefault("device.kernel.driver", "")));
                    }
                }
            }
        }
        assertThat(walked).isEqualTo(kernel);
    }

    private static TreeSet<Integer> busesBelow(PciAccess pci, PciAccess.Root root) {
        TreeSet<Integer> buses = new TreeSet<>(List.of(root.firstBus()));
        for (Integer bus = root.firstBus(); bus != null; bus = buses.higher(bus)) {
            for (int slot = 0; slot < 256; slot++) {
                PciAddress f = new PciAddress(root.segment(), bus, slot >> 3, slot & 7);
                if (pci.read(f, 0, 2) != 0xffff && (pci.read(f, 0x0e, 1) & 0x7f) == 1) {
                    buses.add(pci.read(f, 0x19, 1));
                }
            }
        }
        return buses;
    }

    private static List<String> output(String shell) throws Exception {
        Process p = new ProcessBuilder("sh", "-c", shell).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(p.waitFor()).isZero();
        return out.lines().map(String::strip).toList();
    }
}
