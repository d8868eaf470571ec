package net.sim.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import net.api.DevError;
import net.api.DevException;
import net.sim.Cable;
import net.sim.PciFunction;
import net.sim.SimHost;
import net.sim.VirtioNetConfig;
import net.sim.VirtioNetModel;

/** The cards of the configured host, and those that were unplugged and lie beside it. Any thread. */
final class Rack {
    private final SimHost host;
    private final Plan plan;
    private final Deque<VirtioNetModel> drawer = new ArrayDeque<>();
    private int made;

    Rack(SimHost host, Plan plan) {
        this.host = host;
        this.plan = plan;
        List<VirtioNetModel> cards = new ArrayList<>();
        for (int i = 0; i < plan.cards(); i++) {
            VirtioNetModel card = make();
            cards.add(card);
            host.plug(card, i % 2 == 1);
        }
        for (Plan.Pair p : plan.cables()) {
            host.connect(cards.get(p.a()).port(), cards.get(p.b()).port());
        }
    }

    private VirtioNetModel make() {
        return new VirtioNetModel(VirtioNetConfig.of(plan.mac(made++)).withMtu(plan.mtu()));
    }

    SimHost host() {
        return host;
    }

    /** What is plugged in. */
    synchronized List<CardInfo> cards() {
        return models().stream().map(this::info).toList();
    }

    private List<VirtioNetModel> models() {
        List<VirtioNetModel> models = new ArrayList<>();
        for (PciFunction f : host.functions()) {
            if (f instanceof VirtioNetModel m) {
                models.add(m);
            }
        }
        return models;
    }

    private CardInfo info(VirtioNetModel m) {
        return new CardInfo(address(m), m.mac(), m.port().linkUp(), Optional.ofNullable(m.port().cable()).map(Cable::toString).orElse(""), m.port().counters(),
                m.dmaFaults(), m.complaints());
    }

    private String address(VirtioNetModel m) {
        return host.address(m).map(a -> host.name() + "/" + a).orElse(host.name() + "/(bus not numbered)");
    }

    /** Plugs in the card unplugged last or, without one, a new one that is cabled to the first card without cable. */
    synchronized CardInfo plug() {
        VirtioNetModel card = drawer.pollLast();
        if (card == null) {
            if (made >= 250) {
                throw new DevException(DevError.NO_MEMORY, made + " cards were made, and the addresses end: unplug one and plug it in again");
            }
            Optional<VirtioNetModel> alone = models().stream().filter(m -> m.port().cable() == null).findFirst();
            card = make();
            VirtioNetModel fresh = card;
            alone.ifPresent(m -> host.connect(m.port(), fresh.port()));
        }
        // Straight on the root bus, so that it has an address before anybody gives numbers to buses.
        host.plug(card, false);
        return info(card);
    }

    /** Pulls a card out. */
    synchronized CardInfo unplug(String address) {
        VirtioNetModel card = card(address);
        CardInfo info = info(card);
        host.unplug(card);
        drawer.addLast(card);
        return info;
    }

    /** Cuts or mends the cable of a card. */
    synchronized CardInfo link(String address, boolean up) {
        VirtioNetModel card = card(address);
        Cable cable = card.port().cable();
        if (cable == null) {
            throw new DevException(DevError.BAD_STATE, address(card) + " has no cable: the configuration net.sim, cables, says which cards have");
        }
        cable.setUp(up);
        return info(card);
    }

    private VirtioNetModel card(String address) {
        List<VirtioNetModel> exact = models().stream().filter(m -> address(m).equals(address)).toList();
        List<VirtioNetModel> found = exact.isEmpty() ? models().stream().filter(m -> address(m).endsWith(address)).toList() : exact;
        if (found.size() != 1 || address.isEmpty()) {
            throw new DevException(DevError.INVALID_PARAM, "'%s' is the address of %d cards; there are %s".formatted(address, found.size(),
                    models().stream().map(this::address).toList()));
        }
        return found.getFirst();
    }
}
