package net.locate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import net.api.DevError;
import net.api.DevException;
import net.api.device.Device;
import net.api.device.DeviceManager;
import net.api.device.DeviceState;
import net.shell.text.Arguments;
import net.shell.text.CommandError;
import net.shell.text.Completion;
import org.apache.felix.service.command.Descriptor;
import org.osgi.framework.Bundle;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The commands of scope net that look for drivers. */
@Component(service = LocateCommands.class, property = {"osgi.command.scope=net", "osgi.command.function=locate", "osgi.command.function=unlocate",
    "osgi.command.function=_complete_locate"})
public final class LocateCommands {
    private final Locator locator;
    private final DeviceManager manager;

    /** Called by SCR. */
    @Activate
    public LocateCommands(@Reference Locator locator, @Reference DeviceManager manager) {
        this.locator = locator;
        this.manager = manager;
    }

    /** What can be had; or installs the best. */
    @Descriptor("lists the bundles in repositories that drive devices without driver, and the repositories; or installs and starts the one that drives a "
            + "device best")
    public Object locate(@Descriptor("address of the device, or a unique end of it; none to list") String... address) {
        return CommandError.named("net:locate", () -> {
            List<String> words = Arguments.of("net:locate [DEVICE]", 0, 1, address);
            return words.isEmpty() ? offered() : install(manager.device(words.getFirst()));
        });
    }

    private List<String> offered() {
        List<String> lines = new ArrayList<>();
        idle().forEach(d -> locator.offers(d).forEach(o -> lines.add(d.address() + ": " + o.text())));
        locator.repositories().forEach(r -> lines.add("repository " + r.name() + ": " + r));
        locator.installer().ours().forEach(b -> lines.add("installed from a repository: " + b.getSymbolicName() + " " + b.getVersion()));
        return lines;
    }

    private String install(Device device) {
        List<Offer> offers = locator.offers(device);
        if (offers.isEmpty()) {
            throw new DevException(DevError.UNSUPPORTED, "%s: no bundle in %s drives it".formatted(device, locator.repositories()));
        }
        Offer best = offers.getFirst();
        locator.installer().installed(best.resource()).ifPresent(b -> {
            throw new DevException(DevError.ALREADY_EXISTS, "bundle %s %s is installed, with number %d".formatted(b.getSymbolicName(), b.getVersion(),
                    b.getBundleId()));
        });
        locator.install(device, best);
        return "installed " + best.text();
    }

    /** Takes one away again. */
    @Descriptor("uninstalls a bundle that was installed from a repository; it does not come back by itself")
    public void unlocate(@Descriptor("symbolic name, or name:version") String... name) {
        CommandError.named("net:unlocate", () -> {
            String bundle = Arguments.of("net:unlocate BUNDLE", 1, 1, name).getFirst();
            List<Bundle> all = locator.installer().ours().stream()
                    .filter(b -> bundle.equals(b.getSymbolicName()) || bundle.equals(b.getSymbolicName() + ":" + b.getVersion())).toList();
            if (all.size() != 1) {
                throw new DevException(DevError.INVALID_PARAM, "'%s' is %s; from repositories came %s".formatted(bundle, all.isEmpty()
                        ? "no bundle from a repository" : "more than one bundle, write name:version", names()));
            }
            locator.uninstall(all.getFirst());
            return null;
        });
    }

    /** For the shell. */
    @Descriptor("what may stand at a place of a command line; for the completion of the shell")
    public List<String> _complete_locate(@Descriptor("the words") List<?> words, @Descriptor("number of the word that is typed") int index) {
        Supplier<List<String>> idle = () -> idle().map(Device::address).toList();
        // The shell can call methods of public classes only, and unmodifiable lists have none.
        return new ArrayList<>(Completion.of(Map.of("locate", new Completion().argument(idle), "unlocate", new Completion().argument(this::ours)), words, index));
    }

    private Stream<Device> idle() {
        return manager.devices().stream().filter(d -> d.status().state() == DeviceState.IDLE);
    }

    private List<String> ours() {
        return locator.installer().ours().stream().map(b -> b.getSymbolicName() + ":" + b.getVersion()).toList();
    }

    private String names() {
        List<String> names = ours();
        return names.isEmpty() ? "none" : String.join(", ", names);
    }
}
