package net.testkit.vfio;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import net.api.EthernetAddress;
import net.sim.CardModel;
import net.sim.IxgbeConfig;
import net.sim.IxgbeModel;
import net.sim.PciFunction;
import net.sim.SimHost;
import net.sim.VirtioNetConfig;
import net.sim.VirtioNetModel;

/**
 * Serves models from a command line, {@code MODEL=SOCKET ...}, until its standard input ends: the first and the second are on one cable, the third and the
 * fourth on another, and so on. Whoever wants other models or cables writes the few lines with {@link VfioUserServer}.
 */
public final class Serve {
    private static final Map<String, IntFunction<PciFunction>> MODELS = new TreeMap<>(Map.of("virtio", n -> new VirtioNetModel(VirtioNetConfig.of(address(n))),
            "82599", n -> new IxgbeModel(IxgbeConfig.of(address(n))), "82599-backplane",
            n -> new IxgbeModel(IxgbeConfig.of(address(n)).withDeviceId(IxgbeConfig.BACKPLANE))));

    private Serve() {
    }

    /** @param args {@code MODEL=SOCKET}; the status is 2, with the reason, if there is something else */
    public static void main(String... args) throws IOException {
        List<VfioUserServer> servers = new ArrayList<>();
        List<PciFunction> cards = new ArrayList<>();
        try (SimHost host = new SimHost("served")) {
            for (int i = 0; i < args.length; i++) {
                int equals = args[i].indexOf('=');
                IntFunction<PciFunction> model = equals < 0 ? null : MODELS.get(args[i].substring(0, equals));
                if (model == null) {
                    System.err.println("serve: " + args[i] + " is not MODEL=SOCKET; models are " + String.join(", ", MODELS.keySet()));
                    System.exit(2);
                }
                PciFunction card = model.apply(i);
                if (i % 2 == 1) {
                    host.connect(((CardModel) cards.getLast()).port(), ((CardModel) card).port());
                }
                cards.add(card);
                servers.add(VfioUserServer.serve(Path.of(args[i].substring(equals + 1)), host, card));
            }
            System.out.println("serving " + args.length + " models");
            System.in.transferTo(java.io.OutputStream.nullOutputStream());
            servers.forEach(VfioUserServer::close);
            for (int i = 0; i < cards.size(); i++) {
                report(cards.get(i), servers.get(i));
            }
        } finally {
            servers.forEach(VfioUserServer::close);
        }
    }

    /** What the guest's driver did and the model did not like. */
    private static void report(PciFunction card, VfioUserServer server) {
        System.out.println(card + ": " + ((CardModel) card).port().counters());
        if (!server.lastEnd().isEmpty()) {
            System.out.println(card + ": the client was disconnected: " + server.lastEnd());
        }
        // Those that differ in their numbers only are one.
        Map<String, List<String>> kinds = ((CardModel) card).complaints().stream().collect(Collectors.groupingBy(c -> c.replaceAll("\\d+", "#")));
        kinds.values().forEach(same -> System.out.println(card + ": " + (same.size() > 1 ? same.size() + " times, such as: " : "") + same.getFirst()));
        if (card.dmaFaults() > 0) {
            System.out.println(card + ": " + card.dmaFaults() + " accesses to memory that was not lent, the last one: " + card.lastDmaFault());
        }
    }

    /** Locally administered, one for each. */
    private static EthernetAddress address(int number) {
        return new EthernetAddress(0x02_00_00_00_70_00L + number);
    }
}
