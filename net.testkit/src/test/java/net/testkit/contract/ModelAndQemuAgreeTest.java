package net.testkit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.function.Consumer;
import net.api.EthernetAddress;
import net.api.device.DmaMemory;
import net.api.device.PciAddress;
import net.api.host.DeviceHost;
import net.api.host.DmaRequest;
import net.api.host.PciAccess;
import net.sim.Cable;
import net.sim.Endpoint;
import net.sim.SimHost;
import net.sim.VirtioNetConfig;
import net.sim.VirtioNetModel;
import net.testkit.qemu.Machines;
import net.testkit.qemu.QemuCard;
import net.testkit.qemu.QemuHost;
import net.testkit.qemu.RawVirtio;
import org.junit.jupiter.api.Test;

/** One script of register accesses, on the model and on QEMU's card: where the specification leaves no choice, both answer alike. */
class ModelAndQemuAgreeTest {
    private static final String MAC = "52:54:00:11:22:33";

    @Test
    void theModelAndQemusCardAnswerTheSameScriptAlike() {
        Map<String, Integer> qemu = onQemu();
        Map<String, Integer> model = onModel();
        assertThat(model).containsExactlyEntriesOf(qemu);
    }

    @Test
    void qemusCardAnswersAsTheSpecificationSays() {
        assertSpecified(onQemu());
    }

    @Test
    void theModelAnswersAsTheSpecificationSays() {
        assertSpecified(onModel());
    }

    private static void assertSpecified(Map<String, Integer> log) {
        assertThat(log).containsEntry("device_status at first", 0).containsEntry("config_msix_vector at first", 0xffff)
                .containsEntry("queue_enable of queue 0 after a reset", 0).containsEntry("queue_size of queue 1 after a reset", 256)
                .containsEntry("queue_desc of queue 0 after a reset", 0)
                .containsEntry("MAC and STATUS are offered", 1 << 5 | 1 << 16).containsEntry("VERSION_1 is offered", 1)
                .containsEntry("feature bits 64 to 95", 0)
                .containsEntry("status FEATURES_OK", 11).containsEntry("queue_size of a queue that is not there", 0)
                .containsEntry("queue_size 1 as written", 64).containsEntry("queue_device 1 as written", 0xc000)
                .containsEntry("config_msix_vector 0", 0).containsEntry("config_msix_vector that is not in the table", 0xffff)
                .containsEntry("queue_enable 1", 1).containsEntry("status DRIVER_OK", 15).containsEntry("mac 5", 0x33)
                .containsEntry("ISR after the configuration changed", 2).containsEntry("ISR read again", 0).containsEntry("config_generation changed", 1);
    }

    private static Map<String, Integer> onQemu() {
        try (QemuHost host = Machines.start(QemuCard.cabled(MAC).onRootBus())) {
            return run(host, up -> host.setLink(0, up));
        }
    }

    private static Map<String, Integer> onModel() {
        try (SimHost host = new SimHost("sim")) {
            VirtioNetModel model = new VirtioNetModel(VirtioNetConfig.of(EthernetAddress.parse(MAC)));
            Endpoint end = host.endpoint("far end", 16);
            host.plug(model, false);
            Cable cable = host.connect(model.port(), end.port());
            return run(host, cable::setUp);
        }
    }

    private static Map<String, Integer> run(DeviceHost host, Consumer<Boolean> link) {
        PciAccess pci = host.pci().orElseThrow();
        PciAddress card = RawVirtio.find(pci);
        try (DmaMemory rings = host.allocateDma(new DmaRequest("rings", 64 << 10, 4096, true, true))) {
            return new AccessScript(new RawVirtio(pci, card), rings, link).run();
        } finally {
            pci.release(card);
        }
    }
}
