package net.bench.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import net.bench.forward.inside.CardFile;
import net.bench.forward.inside.Load;
import net.bench.forward.inside.Ran;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The cards on a thread of their own, and the bare loop on another. */
class SharedCardsTest {
    private static final long NANOS = 20_000_000;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void framesThatAreCountedOnOneSideAreOnTheOther(Load load) throws Exception {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "two cores are needed");
        Path path = folder.resolve("cards");
        CardFile.create(path);
        CardProcess cards = new CardProcess(CardKind.IXGBE);
        Thread thread = Thread.ofPlatform().daemon().start(cards::run);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment file = CardFile.map(path, 0, CardFile.SIZE, arena);
            cards.serve(path);
            BareLoop loop = new BareLoop(file);
            Ran ran = loop.run(load.work, load.queues, load.batch, NANOS);
            long received = file.get(CardFile.LONG, CardFile.RECEIVED);
            long sent = file.get(CardFile.LONG, CardFile.SENT);
            assertThat(ran.packets()).isPositive();
            assertThat(ran.nanos()).isBetween(NANOS, 100 * NANOS);
            // The first millisecond is not counted, and what is in the rings is on neither side.
            long rings = 2L * load.queues * Load.RING;
            switch (load.work) {
                case FORWARD, PAYLOAD -> {
                    assertThat(sent).isBetween(ran.packets() - rings, received);
                    assertThat(received).isGreaterThanOrEqualTo(ran.packets());
                }
                case TRANSMIT -> assertThat(sent).isGreaterThanOrEqualTo(ran.packets() - rings);
                case RECEIVE -> assertThat(received).isGreaterThanOrEqualTo(ran.packets());
            }
            thread.interrupt();
            thread.join();
        }
    }

    @Test
    void theFileIsAsLargeAsItsParts() {
        assertThat(CardFile.window(CardFile.CARDS)).isLessThanOrEqualTo(CardFile.DMA);
        assertThat(Load.queues(CardFile.CARDS / 2 - 1)).isEqualTo(4);
    }
}
