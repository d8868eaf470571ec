package net.bench.forward;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import net.bench.forward.inside.CardFile;
import net.bench.forward.inside.Clock;
import net.bench.forward.inside.Core;
import net.bench.forward.inside.Load;
import net.bench.forward.inside.Ran;
import net.bench.forward.inside.Traffic;

/**
 * A loop in plain Java around the descriptors of an 82599 and nothing else: buffers are numbers, nobody is checked, nothing is counted. What it takes is
 * what the Java
 * language takes; what the driver takes beyond that is what its runtime takes.
 *
 * <p>A process: {@code FILE}; each line is a {@linkplain Load#request request}.
 */
public final class BareLoop {
    private static final int MAX_BATCH = 256;
    private static final int WARM_NANOS = 1_000_000;

    private final Traffic traffic;
    private final BareCard.Stack stack = new BareCard.Stack();
    private final BareCard[] cards = new BareCard[CardFile.CARDS];
    private final Clock clock = new Clock();
    private int number;

    BareLoop(MemorySegment file) {
        traffic = new Traffic(file);
        for (int i = 0; i < cards.length; i++) {
            cards[i] = new BareCard(file, i, Load.queues(i / 2), stack);
        }
    }

    /** {@code FILE}. */
    public static void main(String[] arguments) throws IOException {
        MemorySegment file = CardFile.map(Path.of(arguments[0]), 0, CardFile.SIZE, Arena.ofShared());
        Core.pin(Core.DRIVER);
        BareLoop loop = new BareLoop(file);
        System.out.println("ready");
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] words = line.split(" ");
                System.out.println(loop.run(Load.Work.values()[Integer.parseInt(words[0])], Integer.parseInt(words[1]), Integer.parseInt(words[2]),
                        Long.parseLong(words[3])).line());
            }
        }
    }

    Ran run(Load.Work work, int queues, int batch, long nanos) {
        int pair = Load.pair(queues);
        Lane[] lanes = new Lane[2 * queues];
        for (int i = 0; i < lanes.length; i++) {
            lanes[i] = new Lane(cards[2 * pair + i % 2].queues[i / 2], cards[2 * pair + (i + 1) % 2].queues[i / 2]);
        }
        traffic.on(pair);
        try {
            work(lanes, work, batch, WARM_NANOS);
            return work(lanes, work, batch, nanos);
        } finally {
            traffic.off();
        }
    }

    private record Lane(BareCard.Queue from, BareCard.Queue to) {
    }

    private Ran work(Lane[] lanes, Load.Work work, int batch, long nanos) {
        int rounds = Math.max(1, Load.CHECK / (batch * lanes.length));
        int[] frames = new int[MAX_BATCH];
        clock.start(nanos);
        long packets = 0;
        do {
            for (int r = 0; r < rounds; r++) {
                for (Lane lane : lanes) {
                    packets += switch (work) {
                        case FORWARD -> forward(lane, frames, batch, false);
                        case PAYLOAD -> forward(lane, frames, batch, true);
                        case TRANSMIT -> transmit(lane.to, frames, batch);
                        case RECEIVE -> receive(lane.from, frames, batch);
                    };
                }
            }
        } while (clock.runs());
        return clock.ran(packets);
    }

    private static int forward(Lane lane, int[] frames, int batch, boolean payload) {
        BareCard.Queue to = lane.to;
        int n = lane.from.receive(frames, Math.min(batch, to.room()));
        MemorySegment m = to.memory();
        for (int i = 0; i < n; i++) {
            long at = BareCard.data(frames[i]);
            if (payload) {
                for (int j = 0; j < Load.FRAME; j += Long.BYTES) {
                    m.set(CardFile.LONG, at + j, m.get(CardFile.LONG, at + j) + 1);
                }
            } else {
                m.set(ValueLayout.JAVA_BYTE, at + 1, (byte) (m.get(ValueLayout.JAVA_BYTE, at + 1) + 1));
            }
        }
        to.send(frames, n);
        return n;
    }

    private int transmit(BareCard.Queue to, int[] frames, int batch) {
        int n = Math.min(batch, to.room());
        stack.take(frames, 0, n);
        MemorySegment m = to.memory();
        for (int i = 0; i < n; i++) {
            m.set(CardFile.INT, BareCard.data(frames[i]) + Load.FRAME - Integer.BYTES, number++);
        }
        to.send(frames, n);
        return n;
    }

    private int receive(BareCard.Queue from, int[] frames, int batch) {
        int n = from.receive(frames, batch);
        stack.give(frames, 0, n);
        return n;
    }
}
