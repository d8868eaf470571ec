package net.sim.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import net.api.DevError;
import net.api.DevException;
import net.sim.Cable;
import net.sim.CardModel;
import net.sim.SimHost;

/** The cards of the configured host, and those that were unplugged and lie beside it. Any thread. */
final class Rack {
    private final SimHost host;
    private final Plan plan;
    private final Deque<CardModel> drawer = new ArrayDeque<>();
    private int made;

    Rack(SimHost host, Plan plan) {
        this.host = host;
        this.plan = plan;
        List<CardModel> cards = new ArrayList<>();
        for (int i = 0; i < plan.cards(); i++) {
            CardModel card = make(plan.kind(i));
            cards.add(card);
            card.plugInto(host, i % 2 == 1);
        }
        for (Plan.Pair p : plan.cables()) {
            host.connect(cards.get(p.a()).port(), cards.get(p.b()).port());
        }
    }

    private CardModel make(CardKind kind) {
        return kind.make(plan.mac(made++), plan.mtu());
    }

    SimHost host() {
        return host;
    }

    /** What is plugged in. */
    synchronized List<CardInfo> cards() {
        return host.cards().stream().map(this::info).toList();
    }

    private CardInfo info(CardModel m) {
        return new CardInfo(address(m), CardKind.of(m).text(), m.mac(), m.port().linkUp(), Optional.ofNullable(m.port().cable()).map(Cable::toString).orElse(""),
                m.port().counters(), m.dmaFaults(), m.complaints());
    }

    private String address(CardModel m) {
        return m.place(host).map(a -> host.name() + "/" + a).orElse(host.name() + "/(bus not numbered)");
    }

    /** Plugs in the card unplugged last or, without one, a new one, of the kind that is next, that is cabled to the first card without cable. */
    synchronized CardInfo plug() {
        return plug(drawer.isEmpty() ? plan.kind(made) : CardKind.of(drawer.getLast()));
    }

    /** The same with a card of this kind. */
    synchronized CardInfo plug(CardKind kind) {
        CardModel card = taken(kind);
        if (card == null) {
            if (made >= 250) {
                throw new DevException(DevError.NO_MEMORY, made + " cards were made, and the addresses end: unplug one and plug it in again");
            }
            Optional<CardModel> alone = host.cards().stream().filter(m -> m.port().cable() == null).findFirst();
            card = make(kind);
            CardModel fresh = card;
            alone.ifPresent(m -> host.connect(m.port(), fresh.port()));
        }
        // Straight on the root bus, so that it has an address before anybody gives numbers to buses.
        card.plugInto(host, false);
        return info(card);
    }

    private CardModel taken(CardKind kind) {
        for (Iterator<CardModel> i = drawer.descendingIterator(); i.hasNext();) {
            CardModel card = i.next();
            if (CardKind.of(card) == kind) {
                i.remove();
                return card;
            }
        }
        return null;
    }

    /** Pulls a card out. */
    synchronized CardInfo unplug(String address) {
        CardModel card = card(address);
        CardInfo info = info(card);
        card.pullFrom(host);
        drawer.addLast(card);
        return info;
    }

    /** Cuts or mends the cable of a card. */
    synchronized CardInfo link(String address, boolean up) {
        CardModel card = card(address);
        Cable cable = card.port().cable();
        if (cable == null) {
            throw new DevException(DevError.BAD_STATE, address(card) + " has no cable: the configuration net.sim, cables, says which cards have");
        }
        cable.setUp(up);
        return info(card);
    }

    private CardModel card(String address) {
        List<CardModel> exact = host.cards().stream().filter(m -> address(m).equals(address)).toList();
        List<CardModel> found = exact.isEmpty() ? host.cards().stream().filter(m -> address(m).endsWith(address)).toList() : exact;
        if (found.size() != 1 || address.isEmpty()) {
            String many = found.isEmpty() ? "no card has" : found.size() + " cards have";
            throw new DevException(DevError.INVALID_PARAM, "%s the address '%s'; there are %s".formatted(many, address,
                    host.cards().stream().map(this::address).toList()));
        }
        return found.getFirst();
    }
}
