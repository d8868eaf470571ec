package net.app.core;

import static net.app.fake.Eventually.until;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.FutureTask;
import net.api.NetDriverOps;
import net.app.fake.FakeCard;
import net.app.fake.Pools;
import net.pool.BufferPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How long an application waits for cards that went. */
class CardSetTest {
    private static final String A = "test/a";
    private static final String B = "test/b";
    /** Milliseconds: longer than a test takes. */
    private static final long LONG = 300_000;
    private final BufferPool pool = Pools.of(16);
    private final FakeCard a = new FakeCard(A, "02:00:00:00:00:0a", pool);
    private final FakeCard b = new FakeCard(B, "02:00:00:00:00:0b", pool);
    private final CardSet cards = new CardSet(List.of(A, B));
    private List<NetDriverOps> both;

    @BeforeEach
    void are_there() throws InterruptedException {
        cards.offer(A, a);
        cards.offer(B, b);
        both = cards.await();
    }

    @AfterEach
    void end() {
        a.close();
        b.close();
    }

    /** Somebody waits, and only because cards are expected. */
    private FutureTask<Boolean> waits() {
        FutureTask<Boolean> back = new FutureTask<>(() -> cards.awaitBack(both, 0, LONG));
        Thread thread = Thread.ofPlatform().daemon().start(back);
        until("it waits", () -> back.isDone() || thread.getState() == Thread.State.TIMED_WAITING);
        return back;
    }

    @Test
    void one_that_nobody_expects_is_waited_for_as_long_as_was_said() throws Exception {
        cards.withdraw(A, a);
        assertThat(cards.awaitBack(both, 1, LONG)).isFalse();
    }

    @Test
    void one_that_is_expected_is_waited_for_until_it_is_back() throws Exception {
        cards.expect(A, true);
        cards.withdraw(A, a);
        FutureTask<Boolean> back = waits();
        assertThat(back.isDone()).as("it has given up").isFalse();
        cards.offer(A, a);
        assertThat(back.get()).isTrue();
    }

    @Test
    void it_is_given_up_when_it_is_not_expected_any_more() throws Exception {
        cards.expect(A, true);
        cards.withdraw(A, a);
        FutureTask<Boolean> back = waits();
        assertThat(back.isDone()).as("it has given up").isFalse();
        cards.expect(A, false);
        assertThat(back.get()).isFalse();
    }

    @Test
    void it_is_not_waited_for_without_end() throws Exception {
        cards.expect(A, true);
        cards.withdraw(A, a);
        assertThat(cards.awaitBack(both, LONG, 1)).isFalse();
    }

    @Test
    void all_that_are_missing_must_be_expected() throws Exception {
        cards.expect(A, true);
        cards.withdraw(A, a);
        cards.withdraw(B, b);
        assertThat(cards.awaitBack(both, 1, LONG)).isFalse();
        cards.expect(B, true);
        FutureTask<Boolean> back = waits();
        cards.offer(B, b);
        cards.offer(A, a);
        assertThat(back.get()).isTrue();
    }

    @Test
    void another_card_in_its_place_is_not_it() throws Exception {
        cards.expect(A, true);
        cards.withdraw(A, a);
        cards.offer(A, b);
        assertThat(cards.awaitBack(both, 1, LONG)).isFalse();
    }
}
