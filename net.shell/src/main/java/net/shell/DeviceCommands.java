package net.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import net.api.DevError;
import net.api.DevException;
import net.api.NetDriverOps;
import net.api.RegisterValue;
import net.api.device.Device;
import net.api.device.DeviceManager;
import net.api.device.DeviceState;
import net.api.device.DeviceStatus;
import net.shell.text.Arguments;
import net.shell.text.CommandError;
import net.shell.text.Completion;
import org.apache.felix.service.command.Descriptor;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The commands of scope net that show and change devices. */
@Component(service = DeviceCommands.class, property = {"osgi.command.scope=net", "osgi.command.function=devices", "osgi.command.function=drivers",
    "osgi.command.function=pools", "osgi.command.function=attach", "osgi.command.function=detach", "osgi.command.function=swap",
    "osgi.command.function=release", "osgi.command.function=rescan",
    "osgi.command.function=regs", "osgi.command.function=mtu", "osgi.command.function=promisc", "osgi.command.function=_complete"})
public final class DeviceCommands {
    private static final String DEVICE = "address of the device, or a unique end of it, such as 01:00.0";
    private static final String NOTHING = "there are none";
    /** Beyond any Ethernet; the card has the last word. */
    private static final int MAX_MTU = 65_535;

    private final Inventory inventory;
    private final Map<String, Completion> completions = completions();

    /** Called by SCR. */
    @Activate
    public DeviceCommands(BundleContext context, @Reference DeviceManager manager) {
        this.inventory = new Inventory(context, manager);
    }

    @Descriptor("lists devices: address, ids, class, driver, state, link, MAC address, and why it is so; or tells all of one")
    public Object devices(@Descriptor(DEVICE + "; none for all") String... address) {
        return CommandError.named("net:devices", () -> {
            List<String> words = Arguments.of("net:devices [DEVICE]", 0, 1, address);
            return words.isEmpty() ? list(inventory.devices()) : inventory.device(words.getFirst());
        });
    }

    @Descriptor("lists drivers: bundle, version, ids that they match, devices that they drive")
    public List<DriverRow> drivers(@Descriptor(NOTHING) String... words) {
        return CommandError.named("net:drivers", () -> {
            Arguments.of("net:drivers", 0, 0, words);
            return list(inventory.drivers());
        });
    }

    @Descriptor("lists buffer pools: free + cached + in use = buffers")
    public List<PoolRow> pools(@Descriptor(NOTHING) String... words) {
        return CommandError.named("net:pools", () -> {
            Arguments.of("net:pools", 0, 0, words);
            return list(inventory.pools());
        });
    }

    @Descriptor("attaches the best matching driver, or the one that is named; ends a quarantine")
    public DeviceRow attach(@Descriptor(DEVICE + "; then a name of net:drivers, if not the best") String... deviceAndDriver) {
        return CommandError.named("net:attach", () -> {
            List<String> words = Arguments.of("net:attach DEVICE [DRIVER]", 1, 2, deviceAndDriver);
            String device = inventory.ofIdle(words.getFirst());
            if (words.size() == 1) {
                inventory.manager().attach(device);
            } else {
                inventory.manager().attach(device, words.getLast());
            }
            return inventory.device(device);
        });
    }

    @Descriptor("detaches the driver, and leaves the device idle until net:attach")
    public DeviceRow detach(@Descriptor(DEVICE) String... address) {
        return CommandError.named("net:detach", () -> {
            String card = inventory.ofIdle(Arguments.of("net:detach DEVICE", 1, 1, address).getFirst());
            inventory.manager().detach(card);
            return inventory.device(card);
        });
    }

    @Descriptor("replaces the driver of a card by another, such as another version of the same bundle, and holds the card to it")
    public DeviceRow swap(@Descriptor(DEVICE + "; then a driver, its bundle, its version, or bundle:version") String... deviceAndDriver) {
        return CommandError.named("net:swap", () -> {
            List<String> words = Arguments.of("net:swap CARD DRIVER|BUNDLE|VERSION", 2, 2, deviceAndDriver);
            String card = inventory.ofCard(words.getFirst());
            inventory.manager().swap(card, words.getLast());
            return inventory.device(card);
        });
    }

    @Descriptor("takes a device back that was set aside, and attaches a driver")
    public DeviceRow release(@Descriptor(DEVICE) String... address) {
        return CommandError.named("net:release", () -> {
            String device = inventory.ofIdle(Arguments.of("net:release DEVICE", 1, 1, address).getFirst());
            DeviceStatus status = inventory.manager().device(device).status();
            if (status.state() != DeviceState.QUARANTINED) {
                throw new DevException(DevError.BAD_STATE, "%s was not set aside, it is %s".formatted(device, status.state().name().toLowerCase(Locale.ROOT)));
            }
            inventory.manager().attach(device);
            return inventory.device(device);
        });
    }

    @Descriptor("looks again for devices that came or went without notice, and lists what there is")
    public List<DeviceRow> rescan(@Descriptor(NOTHING) String... words) {
        return CommandError.named("net:rescan", () -> {
            Arguments.of("net:rescan", 0, 0, words);
            inventory.manager().rescan();
            return list(inventory.devices());
        });
    }

    @Descriptor("shows the registers that can be read without changing anything")
    public List<RegisterRow> regs(@Descriptor(DEVICE) String... address) {
        return CommandError.named("net:regs", () -> {
            NetDriverOps ops = inventory.card(Arguments.of("net:regs CARD", 1, 1, address).getFirst());
            List<RegisterValue> registers = ops.registers();
            if (registers.isEmpty()) {
                throw new DevException(DevError.UNSUPPORTED, "the driver of " + ops.deviceName() + " shows no registers");
            }
            return list(registers.stream().map(RegisterRow::of).toList());
        });
    }

    @Descriptor("shows the MTU of a card, or sets it")
    public int mtu(@Descriptor(DEVICE + "; then bytes of payload, to set it") String... cardAndMtu) {
        return CommandError.named("net:mtu", () -> {
            List<String> words = Arguments.of("net:mtu CARD [BYTES]", 1, 2, cardAndMtu);
            NetDriverOps ops = inventory.card(words.getFirst());
            if (words.size() == 2) {
                ops.setMtu((int) Arguments.number("MTU", words.getLast(), 0, MAX_MTU));
            }
            return ops.mtu();
        });
    }

    @Descriptor("shows whether a card receives frames for any address, or changes that")
    public String promisc(@Descriptor(DEVICE + "; then on or off, to change it") String... cardAndMode) {
        return CommandError.named("net:promisc", () -> {
            List<String> words = Arguments.of("net:promisc CARD [on|off]", 1, 2, cardAndMode);
            NetDriverOps ops = inventory.card(words.getFirst());
            if (words.size() == 2) {
                switch (words.getLast()) {
                    case "on" -> ops.setPromiscuous(true);
                    case "off" -> ops.setPromiscuous(false);
                    default -> throw new DevException(DevError.INVALID_PARAM, "'" + words.getLast() + "' is neither on nor off");
                }
            }
            return ops.promiscuous() ? "on" : "off";
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
        Supplier<List<String>> choices = () -> inventory.drivers().stream().map(d -> d.bundle() + ":" + d.version()).toList();
        return Map.of("devices", new Completion().argument(devices),
                "attach", new Completion().argument(devices).argument(drivers),
                "detach", new Completion().argument(cards),
                "swap", new Completion().argument(cards).argument(choices),
                "release", new Completion().argument(devices),
                "regs", new Completion().argument(cards),
                "mtu", new Completion().argument(cards).argument(() -> List.of("1500", "9000")),
                "promisc", new Completion().argument(cards).argument(() -> List.of("on", "off")),
                "stats", new Completion().option("--interval", "0.2", "1", "5").option("-i", "0.2", "1", "5").option("--times", "5", "10")
                .option("-n", "5", "10")
                        .argument(cards));
    }

    /** A list whose methods the shell can call: it wants a public class of the JDK, and unmodifiable lists are not. */
    static <T> List<T> list(List<T> rows) {
        return new ArrayList<>(rows);
    }
}
