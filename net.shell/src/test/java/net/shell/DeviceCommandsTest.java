package net.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Device;
import net.api.device.DeviceManager;
import net.api.device.DeviceState;
import net.api.device.DeviceStatus;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/** The commands as Gogo calls them: what it makes of the words that users type. */
class DeviceCommandsTest {
    private final List<String> calls = new ArrayList<>();
    private final ThreadIOImpl io = new ThreadIOImpl();
    private final CommandProcessorImpl gogo = new CommandProcessorImpl(io);
    private final CommandSession session = gogo.createSession(new ByteArrayInputStream(new byte[0]), new ByteArrayOutputStream(), new ByteArrayOutputStream());

    private DeviceState state = DeviceState.IDLE;
    private final Device device = new Device() {
        @Override
        public String address() {
            return "sim/0000:00:04.0";
        }

        @Override
        public String host() {
            return "sim";
        }

        @Override
        public String bus() {
            return PCI;
        }

        @Override
        public String description() {
            return "a card";
        }

        @Override
        public DeviceStatus status() {
            return new DeviceStatus(state, "", "", "detached by the user", 0);
        }
    };

    private final DeviceManager manager = new DeviceManager() {
        @Override
        public List<Device> devices() {
            return List.of(device);
        }

        @Override
        public Device device(String address) {
            calls.add("device " + address);
            if (!device.address().endsWith(address)) {
                throw new DevException(DevError.INVALID_PARAM, "no device '" + address + "': there is sim/0000:00:04.0");
            }
            return device;
        }

        @Override
        public void attach(String address) {
            device(address);
            calls.add("attach");
        }

        @Override
        public void swap(String address, String driver) {
            device(address);
            calls.add("swap " + driver);
        }

        @Override
        public void attach(String address, String driver) {
            device(address);
            calls.add("attach " + driver);
        }

        @Override
        public void detach(String address) {
            device(address);
            throw new DevException(DevError.BAD_STATE, device.address() + " is not attached");
        }

        @Override
        public void rescan() {
            calls.add("rescan");
        }
    };

    @BeforeEach
    void start() {
        io.start();
        BundleContext empty = (BundleContext) Proxy.newProxyInstance(BundleContext.class.getClassLoader(), new Class<?>[] {BundleContext.class},
                (proxy, method, args) -> method.getName().equals("getServiceReferences") && method.getReturnType() == java.util.Collection.class
                        ? List.<ServiceReference<?>>of() : null);
        DeviceCommands commands = new DeviceCommands(empty, manager);
        for (String name : List.of("devices", "drivers", "pools", "attach", "detach", "swap", "release", "rescan", "regs", "mtu", "promisc")) {
            gogo.addCommand("net", commands, name);
        }
        gogo.addCommand("net", new StatsCommand(empty, manager), "stats");
        gogo.addConverter(new ShellFormat());
    }

    @AfterEach
    void stop() {
        session.close();
        io.stop();
    }

    private String run(String line) throws Exception {
        return session.format(session.execute(line), Converter.INSPECT).toString();
    }

    @Test
    void addresses_reach_the_manager_as_they_were_typed_even_where_they_look_like_numbers() throws Exception {
        run("net:devices");
        for (String address : List.of("4.0", "04.0", "00:04.0", "0000:00:04.0", "sim/0000:00:04.0")) {
            calls.clear();
            assertThat(run("net:devices " + address)).startsWith("address   sim/0000:00:04.0");
            assertThat(calls).containsExactly("device " + address);
        }
    }

    @Test
    void attach_takes_a_driver_or_none() throws Exception {
        run("net:attach 04.0");
        run("net:attach 04.0 virtio-net");
        assertThat(calls).contains("attach", "attach virtio-net");
    }

    @Test
    void errors_are_one_line_with_the_command_in_front() {
        assertThatThrownBy(() -> run("net:detach 4.0")).hasToString("net:detach: bad state: sim/0000:00:04.0 is not attached");
        assertThatThrownBy(() -> run("net:attach 7.0")).hasToString("net:attach: invalid parameter: no device '7.0': there is sim/0000:00:04.0");
        assertThatThrownBy(() -> run("net:attach --now")).hasToString("net:attach: invalid parameter: unknown option --now, or its value is missing; usage: "
                + "net:attach DEVICE [DRIVER]");
        assertThatThrownBy(() -> run("net:regs 4.0")).hasToString("net:regs: bad state: sim/0000:00:04.0 has no driver attached: detached by the user");
        assertThatThrownBy(() -> run("net:stats -i 0")).hasMessageContaining("interval 0 is outside");
        assertThatThrownBy(() -> run("net:stats a b")).hasMessageContaining("too many words; usage: net:stats");
        assertThatThrownBy(() -> run("net:attach")).hasToString("net:attach: invalid parameter: something is missing; usage: net:attach DEVICE [DRIVER]");
        assertThatThrownBy(() -> run("net:mtu 4.0 many")).hasMessageContaining("no driver");
        for (String alone : List.of("net:drivers", "net:pools", "net:rescan")) {
            assertThatThrownBy(() -> run(alone + " x")).hasToString(alone + ": invalid parameter: too many words; usage: " + alone);
        }
    }

    @Test
    void swap_names_device_and_driver() throws Exception {
        assertThat(run("net:swap 4.0 net.driver.virtio:0.2.0")).contains("sim/0000:00:04.0");
        assertThat(calls).contains("swap net.driver.virtio:0.2.0");
        assertThatThrownBy(() -> run("net:swap 4.0")).hasMessageContaining("usage: net:swap CARD DRIVER|BUNDLE|VERSION");
    }

    @Test
    void release_is_for_devices_that_were_set_aside() throws Exception {
        assertThatThrownBy(() -> run("net:release 4.0")).hasToString("net:release: bad state: sim/0000:00:04.0 was not set aside, it is idle");
        assertThat(calls).doesNotContain("attach");
        state = DeviceState.QUARANTINED;
        run("net:release 4.0");
        assertThat(calls).contains("attach");
    }

    @Test
    void results_can_be_used_in_closures() throws Exception {
        assertThat(run("x = (net:devices); ($x get 0) state")).isEqualTo("idle");
        assertThat(run("(net:devices 4.0) reason")).isEqualTo("detached by the user");
    }

    @Test
    void the_first_command_waits_for_what_the_manager_is_doing_and_the_next_do_not() throws Exception {
        run("net:devices");
        run("net:devices");
        assertThat(calls).containsExactly("rescan");
    }

    @Test
    void rescan_shows_what_there_is() throws Exception {
        assertThat(run("net:rescan")).contains("sim/0000:00:04.0").contains("idle");
        assertThat(calls).contains("rescan");
    }
}
