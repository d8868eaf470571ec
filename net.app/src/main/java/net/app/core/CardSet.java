package net.app.core;

import java.util.ArrayList;
import java.util.List;
import net.api.NetDriverOps;

/**
 * The cards that an application works on, by address, each there or not: whoever follows services offers and withdraws them, the application waits until all
 * are there. Any thread.
 */
public final class CardSet {
    private final List<String> addresses;
    /** For each address what is offered, the newest last: while a driver is swapped there can be two for a moment. */
    private final List<List<NetDriverOps>> offered = new ArrayList<>();
    private volatile int changes;

    /** @param addresses full addresses, one or more, no two alike */
    public CardSet(List<String> addresses) {
        this.addresses = List.copyOf(addresses);
        addresses.forEach(a -> offered.add(new ArrayList<>()));
    }

    /** The addresses, in the order of the application's arguments. */
    public List<String> addresses() {
        return addresses;
    }

    /** A card of that address is there from now on. */
    public synchronized void offer(String address, NetDriverOps ops) {
        int i = addresses.indexOf(address);
        if (i >= 0) {
            offered.get(i).add(ops);
            changes++;
            notifyAll();
        }
    }

    /** It is not any more. */
    public synchronized void withdraw(String address, NetDriverOps ops) {
        int i = addresses.indexOf(address);
        if (i >= 0) {
            offered.get(i).remove(ops); // once: the same one may have come again
            changes++;
            notifyAll();
        }
    }

    /** How often cards came or went. */
    public int changes() {
        return changes;
    }

    /** The addresses without a card. */
    public synchronized List<String> missing() {
        List<String> missing = new ArrayList<>();
        for (int i = 0; i < addresses.size(); i++) {
            if (offered.get(i).isEmpty()) {
                missing.add(addresses.get(i));
            }
        }
        return missing;
    }

    /** Waits until every card is there. */
    public synchronized List<NetDriverOps> await() throws InterruptedException {
        while (!missing().isEmpty()) {
            wait();
        }
        return offered.stream().map(List::getLast).toList();
    }

    /** These cards are still the ones that {@link #await} would return. */
    public synchronized boolean isCurrent(List<NetDriverOps> cards) {
        for (int i = 0; i < cards.size(); i++) {
            if (offered.get(i).isEmpty() || offered.get(i).getLast() != cards.get(i)) {
                return false;
            }
        }
        return true;
    }

    /** Waits until these cards are the ones again that {@link #await} would return. @return false if they are not within that time */
    public synchronized boolean awaitBack(List<NetDriverOps> cards, long millis) throws InterruptedException {
        long deadline = System.nanoTime() + millis * 1_000_000;
        for (long left = millis; !isCurrent(cards) && left > 0; left = (deadline - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
        return isCurrent(cards);
    }

    /** Waits until a card came or went, or the time is over. */
    public synchronized void awaitChange(List<NetDriverOps> cards, long millis) throws InterruptedException {
        if (isCurrent(cards)) {
            wait(millis);
        }
    }
}
