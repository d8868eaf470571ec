package net.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import net.api.DevError;
import net.api.DevException;
import net.api.NetDriverOps;
import net.api.RegisterValue;
import net.api.device.Device;
import net.api.device.DeviceManager;
import net.shell.text.CommandError;
import net.shell.text.Completion;
import org.apache.felix.service.command.Descriptor;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The commands of scope net that show and change devices. */
@Component(service = DeviceCommands.class, property = {"osgi.command.scope=net", "osgi.command.function=devices", "osgi.command.function=drivers",
    "osgi.command.function=pools", "osgi.command.function=attach", "osgi.command.function=detach", "osgi.command.function=rescan",
    "osgi.command.function=regs", "osgi.command.function=mtu", "osgi.command.function=promisc", "osgi.command.function=_complete"})
public final class DeviceCommands {
    private final Inventory inventory;
    private final Map<String, Completion> completions = completions();

    /** Called by SCR. */
    @Activate
    public DeviceCommands(BundleContext context, @Reference DeviceManager manager) {
        this.inventory = new Inventory(context, manager);
    }

    @Descriptor("lists all devices: address, ids, class, driver, state, link, MAC address, and why it is so")
    public List<DeviceRow> devices() {
        return CommandError.named("net:devices", () -> list(inventory.devices()));
    }

    @Descriptor("shows one device")
    public DeviceRow devices(@Descriptor("address of the device, or a unique end of it, such as 01.0") String address) {
        return CommandError.named("net:devices", () -> inventory.device(argument(address)));
    }

    @Descriptor("lists drivers: bundle, version, ids that they match, devices that they drive")
    public List<DriverRow> drivers() {
        return CommandError.named("net:drivers", () -> list(inventory.drivers()));
    }

    @Descriptor("lists buffer pools: free + cached + in use = capacity")
    public List<PoolRow> pools() {
        return CommandError.named("net:pools", () -> list(inventory.pools()));
    }

    @Descriptor("attaches the best matching driver; ends a quarantine")
    public DeviceRow attach(@Descriptor("address of the device, or a unique end of it, such as 01.0") String address) {
        return CommandError.named("net:attach", () -> {
            inventory.manager().attach(argument(address));
            return inventory.device(address);
        });
    }

    @Descriptor("attaches the named driver, if it matches")
    public DeviceRow attach(@Descriptor("address of the device, or a unique end of it") String address,
            @Descriptor("name of the driver, as net:drivers shows it") String driver) {
        return CommandError.named("net:attach", () -> {
            inventory.manager().attach(argument(address), argument(driver));
            return inventory.device(address);
        });
    }

    @Descriptor("detaches the driver, and leaves the device idle until net:attach")
    public DeviceRow detach(@Descriptor("address of the device, or a unique end of it, such as 01.0") String address) {
        return CommandError.named("net:detach", () -> {
            String card = inventory.ofCard(argument(address));
            inventory.manager().detach(card);
            return inventory.device(card);
        });
    }

    @Descriptor("looks again for devices that came or went without notice, and lists what there is")
    public List<DeviceRow> rescan() {
        return CommandError.named("net:rescan", () -> {
            inventory.manager().rescan();
            return list(inventory.devices());
        });
    }

    @Descriptor("shows the registers that can be read without changing anything")
    public List<RegisterRow> regs(@Descriptor("address of the card, or a unique end of it, such as 01.0") String address) {
        return CommandError.named("net:regs", () -> {
            NetDriverOps ops = inventory.card(argument(address));
            List<RegisterValue> registers = ops.registers();
            if (registers.isEmpty()) {
                throw new DevException(DevError.UNSUPPORTED, "the driver of " + ops.deviceName() + " shows no registers");
            }
            return list(registers.stream().map(RegisterRow::of).toList());
        });
    }

    @Descriptor("shows the MTU of a card")
    public int mtu(@Descriptor("address of the card, or a unique end of it, such as 01.0") String address) {
        return CommandError.named("net:mtu", () -> inventory.card(argument(address)).mtu());
    }

    @Descriptor("sets the MTU of a card")
    public int mtu(@Descriptor("address of the card, or a unique end of it") String address, @Descriptor("payload of a frame, in bytes") int mtu) {
        return CommandError.named("net:mtu", () -> {
            NetDriverOps ops = inventory.card(argument(address));
            ops.setMtu(mtu);
            return ops.mtu();
        });
    }

    @Descriptor("shows whether a card receives frames for any address")
    public String promisc(@Descriptor("address of the card, or a unique end of it, such as 01.0") String address) {
        return CommandError.named("net:promisc", () -> onOff(inventory.card(argument(address)).promiscuous()));
    }

    @Descriptor("lets a card receive frames for any address, or stops that")
    public String promisc(@Descriptor("address of the card, or a unique end of it") String address, @Descriptor("on or off") String on) {
        return CommandError.named("net:promisc", () -> {
            NetDriverOps ops = inventory.card(argument(address));
            switch (on) {
                case "on" -> ops.setPromiscuous(true);
                case "off" -> ops.setPromiscuous(false);
                default -> throw new DevException(DevError.INVALID_PARAM, "'" + on + "' is neither on nor off");
            }
            return onOff(ops.promiscuous());
        });
    }

    @Descriptor("what may stand at a place of a command line; for the completion of the shell")
    public List<String> _complete(@Descriptor("the words") List<?> words, @Descriptor("number of the word that is typed") int index) {
        return list(Completion.of(completions, words, index));
    }

    private Map<String, Completion> completions() {
        Supplier<List<String>> devices = () -> inventory.manager().devices().stream().map(Device::address).toList();
        Supplier<List<String>> cards = () -> List.copyOf(inventory.cards().keySet());
        Supplier<List<String>> drivers = () -> inventory.drivers().stream().map(DriverRow::name).toList();
        return Map.of("devices", new Completion().argument(devices),
                "attach", new Completion().argument(devices).argument(drivers),
                "detach", new Completion().argument(cards),
                "regs", new Completion().argument(cards),
                "mtu", new Completion().argument(cards).argument(() -> List.of("1500", "9000")),
                "promisc", new Completion().argument(cards).argument(() -> List.of("on", "off")),
                "stats", new Completion().option("--interval", "0.2", "1", "5").option("-i", "0.2", "1", "5").option("--times", "5", "10").option("-n", "5", "10")
                        .argument(cards));
    }

    private static String onOff(boolean on) {
        return on ? "on" : "off";
    }

    /** A list whose methods the shell can call: it wants a public class of the JDK, and unmodifiable lists are not. */
    static <T> List<T> list(List<T> rows) {
        return new ArrayList<>(rows);
    }

    /** Refuses what looks like an option: the shell hands over as an argument whatever it does not know. */
    static String argument(String text) {
        if (text.startsWith("-")) {
            throw new DevException(DevError.INVALID_PARAM, "unknown option " + text + ": see help");
        }
        return text;
    }
}
