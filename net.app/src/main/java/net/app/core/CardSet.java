package net.app.core;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.api.NetDriverOps;

/**
 * The cards that an application works on, by address, each there or not: whoever follows services offers and withdraws them, the application waits until all
 * are there. Any thread.
 */
public final class CardSet {
    /** Nanoseconds of a millisecond. */
    private static final long NANOS = 1_000_000;

    private final List<String> addresses;
    /** For each address what is offered, the newest last: while a driver is swapped there can be two for a moment. */
    private final List<List<NetDriverOps>> offered = new ArrayList<>();
    /** Addresses whose device has a driver, or will have one. */
    private final Set<String> expected = new HashSet<>();
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

    /**
     * Whether a card of that address that is not there comes back by itself: its driver is swapped, or updated. Until somebody says so it does not.
     */
    public synchronized void expect(String address, boolean comesBack) {
        if (comesBack ? expected.add(address) : expected.remove(address)) {
            notifyAll();
        }
    }

    /**
     * Waits until these cards are the ones again that {@link #await} would return: while those that are missing are {@linkplain #expect expected}, and then for
     * the given time.
     *
     * @param millis for cards that nobody expects
     * @param longest milliseconds for cards that are expected
     * @return false if they are not
     */
    public synchronized boolean awaitBack(List<NetDriverOps> cards, long millis, long longest) throws InterruptedException {
        long last = System.nanoTime() + longest * NANOS;
        long end = System.nanoTime() + millis * NANOS;
        while (!isCurrent(cards)) {
            List<String> missing = missing();
            boolean comesBack = !missing.isEmpty() && expected.containsAll(missing);
            long left = ((comesBack ? last : end) - System.nanoTime() + NANOS - 1) / NANOS;
            if (left <= 0) {
                return false;
            }
            wait(left);
            if (comesBack) {
                end = System.nanoTime() + millis * NANOS;
            }
        }
        return true;
    }

    /** Waits until a card came or went, or the time is over. */
    public synchronized void awaitChange(List<NetDriverOps> cards, long millis) throws InterruptedException {
        if (isCurrent(cards)) {
            wait(millis);
        }
    }
}
