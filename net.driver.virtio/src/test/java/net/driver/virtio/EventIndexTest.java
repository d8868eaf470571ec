package net.driver.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class EventIndexTest {
    /** What 2.7.10 says in words: the entry with the number of the event is among those that were added. */
    private static boolean passed(int event, int now, int old) {
        for (int i = old; i != now; i = i + 1 & 0xffff) {
            if (i == event) {
                return true;
            }
        }
        return false;
    }

    @Test
    void theDeviceIsNotifiedIfAndOnlyIfTheBatchPassesItsEvent() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 200_000; i++) {
            int old = random.nextInt(0x10000);
            int now = old + 1 + random.nextInt(64) & 0xffff;
            int event = old - 70 + random.nextInt(140) & 0xffff;
            assertThat(SplitRing.needEvent(event, now, old)).as("event %d, %d to %d, seed %d", event, old, now, seed).isEqualTo(passed(event, now, old));
        }
    }

    @Test
    void aBatchAcrossTheWrapNotifiesForTheEventsBeforeAndBehindIt() {
        assertThat(SplitRing.needEvent(0xfffe, 3, 0xfffe)).isTrue();
        assertThat(SplitRing.needEvent(0xffff, 3, 0xfffe)).isTrue();
        assertThat(SplitRing.needEvent(0, 3, 0xfffe)).isTrue();
        assertThat(SplitRing.needEvent(2, 3, 0xfffe)).isTrue();
        assertThat(SplitRing.needEvent(3, 3, 0xfffe)).isFalse();
        assertThat(SplitRing.needEvent(0xfffd, 3, 0xfffe)).isFalse();
    }
}
