package net.testkit.vfio;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import net.api.EthernetAddress;
import net.sim.PciFunction;
import net.sim.Port;
import net.sim.SimHost;
import net.sim.VirtioNetConfig;
import net.sim.VirtioNetModel;

/**
 * Serves models from a command line, {@code MODEL=SOCKET ...}, until its standard input ends: the first and the second are on one cable, the third and the
 * fourth on another, and so on. Whoever wants other models or cables writes the few lines with {@link VfioUserServer}.
 */
public final class Serve {
    private static final Map<String, IntFunction<Card>> MODELS = new TreeMap<>(Map.of("virtio", Serve::virtio));

    /** A model and where its cable goes in. */
    private record Card(PciFunction function, Port port, Supplier<List<String>> complaints) {
    }

    private Serve() {
    }

    /** @param args {@code MODEL=SOCKET}; the status is 2, with the reason, if there is something else */
    public static void main(String... args) throws IOException {
        List<VfioUserServer> servers = new ArrayList<>();
        List<Card> cards = new ArrayList<>();
        try (SimHost host = new SimHost("served")) {
            Port other = null;
            for (int i = 0; i < args.length; i++) {
                int equals = args[i].indexOf('=');
                IntFunction<Card> model = equals < 0 ? null : MODELS.get(args[i].substring(0, equals));
                if (model == null) {
                    System.err.println("serve: " + args[i] + " is not MODEL=SOCKET; models are " + String.join(", ", MODELS.keySet()));
                    System.exit(2);
                }
                Card card = model.apply(i);
                if (i % 2 == 1) {
                    host.connect(other, card.port());
                }
                other = card.port();
                cards.add(card);
                servers.add(VfioUserServer.serve(Path.of(args[i].substring(equals + 1)), host, card.function()));
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
    private static void report(Card card, VfioUserServer server) {
        System.out.println(card.function() + ": " + card.port().counters());
        if (!server.lastEnd().isEmpty()) {
            System.out.println(card.function() + ": the client was disconnected: " + server.lastEnd());
        }
        card.complaints().get().forEach(complaint -> System.out.println(card.function() + ": " + complaint));
        if (card.function().dmaFaults() > 0) {
            System.out.println(card.function() + ": " + card.function().dmaFaults() + " accesses to memory that was not lent, the last one: " + card.function().lastDmaFault());
        }
    }

    private static Card virtio(int number) {
        VirtioNetModel model = new VirtioNetModel(VirtioNetConfig.of(address(number)));
        return new Card(model, model.port(), model::complaints);
    }

    /** Locally administered, one for each. */
    private static EthernetAddress address(int number) {
        return new EthernetAddress(0x02_00_00_00_70_00L + number);
    }
}
