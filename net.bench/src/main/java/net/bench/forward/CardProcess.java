package net.bench.forward;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import net.bench.forward.inside.CardFile;
import net.bench.forward.inside.Core;
import net.bench.forward.inside.Load;
import net.bench.forward.inside.RunDelay;

/**
 * The cards: a process that shares a file with each driver's process, and has a thread of its own on the second core. While a file says that there is
 * traffic, the thread
 * works on its pair of cards without a pause; otherwise it looks at registers now and then, so that drivers can be started and stopped.
 *
 * <p>Each line that it reads is a file, answered by {@code served}.
 */
public final class CardProcess {
    private static final long IDLE_NANOS = 20_000;
    /** Longest traffic without a pause: whoever asked for it does not live any more. */
    private static final long LONGEST_NANOS = 3_000_000_000L;
    /** Looks at rings from one look at the clock to the next: each may find rings full, and that must take less than {@link Load#GAP_NANOS}. */
    private static final int CLOCK = 16;
    /** Looks at the clock from one look at the registers to the next. */
    private static final int CONTROL = 2;

    private final CardKind kind;
    private final List<Shared> files = new CopyOnWriteArrayList<>();

    /** A driver's file and the cards in it. */
    private record Shared(MemorySegment memory, List<PolledCard> cards) {
    }

    CardProcess(CardKind kind) {
        this.kind = kind;
    }

    /** {@code KIND}, by its constant's name. */
    public static void main(String[] arguments) throws IOException {
        CardProcess process = new CardProcess(CardKind.valueOf(arguments[0]));
        Thread.ofPlatform().daemon().name("cards").start(process::run);
        System.out.println("ready");
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                process.serve(Path.of(line));
                System.out.println("served");
            }
        }
    }

    /** These are cards too, from now on. */
    void serve(Path file) throws IOException {
        MemorySegment memory = CardFile.map(file, 0, CardFile.SIZE, Arena.ofShared());
        List<PolledCard> cards = new ArrayList<>();
        for (int card = 0; card < CardFile.CARDS; card++) {
            cards.add(kind.card(memory, card, Load.queues(card / 2)));
        }
        files.add(new Shared(memory, cards));
    }

    /** Works until it is interrupted. */
    void run() {
        Core.pin(Core.CARDS);
        while (!Thread.interrupted()) {
            for (Shared file : files) {
                for (PolledCard card : file.cards) {
                    card.control();
                    card.drain();
                }
                long traffic = CardFile.longAcquire(file.memory, CardFile.TRAFFIC);
                if (traffic != 0) {
                    work(file, traffic);
                }
            }
            LockSupport.parkNanos(IDLE_NANOS);
        }
    }

    private static void work(Shared file, long traffic) {
        MemorySegment memory = file.memory;
        int first = 2 * (int) (traffic - 1);
        PolledCard a = file.cards.get(first);
        PolledCard b = file.cards.get(first + 1);
        a.tally();
        b.tally();
        CardFile.setLongRelease(memory, CardFile.SERVING, traffic);
        RunDelay delay = new RunDelay();
        delay.start(Load.GAP_NANOS);
        long end = System.nanoTime() + LONGEST_NANOS;
        long now = 0;
        do {
            a.control();
            b.control();
            for (int i = 0; i < CONTROL; i++) {
                for (int k = 0; k < CLOCK; k++) {
                    a.poll();
                    b.poll();
                }
                // Before the switch is looked at: what was lost last counts too.
                now = delay.look();
            }
        } while (now - end < 0 && CardFile.longAcquire(memory, CardFile.TRAFFIC) == traffic);
        PolledCard.Tally sum = a.tally().plus(b.tally());
        memory.set(CardFile.LONG, CardFile.RECEIVED, sum.received());
        memory.set(CardFile.LONG, CardFile.SENT, sum.sent());
        memory.set(CardFile.LONG, CardFile.LOOKS, sum.looks());
        memory.set(CardFile.LONG, CardFile.FREE, sum.free());
        memory.set(CardFile.LONG, CardFile.LOST, delay.lost());
        CardFile.setLongRelease(memory, CardFile.SERVING, 0);
    }
}
