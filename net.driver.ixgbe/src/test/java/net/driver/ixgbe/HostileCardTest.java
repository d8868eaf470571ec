package net.driver.ixgbe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.api.NetBuf;
import net.hw.ixgbe.RxDescriptor;
import net.hw.ixgbe.TxDescriptor;
import org.junit.jupiter.api.Test;

/** A card that writes whatever it likes wherever it can: into every descriptor, its own or not. */
class HostileCardTest {
    private static final int WRITE_BACKS = Boolean.getBoolean("hotnic.long") ? 1_000_000 : 60_000;
    private static final int SIZE = 128;

    @Test
    void noWriteBackBreaksAnythingOrLosesABuffer() {
        long seed = Long.getLong("hotnic.seed", System.nanoTime());
        System.out.println("hostile 82599: seed " + seed + " (to repeat it: -Dhotnic.seed=" + seed + ")");
        Random random = new Random(seed);
        try (QueueRig rig = new QueueRig(SIZE, 512)) {
            NetBuf[] mine = new NetBuf[64];
            long received = 0;
            for (int written = 0; written < WRITE_BACKS;) {
                for (int i = random.nextInt(40); i > 0; i--, written++) {
                    attack(rig, random);
                }
                int n = rig.rx.receive(mine, 0, random.nextInt(mine.length + 1));
                for (int i = 0; i < n; i++) {
                    received++;
                    assertThat(mine[i].isOwned()).isTrue();
                    assertThat(mine[i].length()).isBetween(1, QueueRig.ROOM);
                    assertThat(mine[i].frameLength()).isBetween(14, QueueRig.LONGEST * QueueRig.ROOM);
                    mine[i].getByte(mine[i].length() - 1);
                    if (mine[i].next() == null && mine[i].length() > 1518) {
                        mine[i].trim(mine[i].length() - 1518);
                    }
                    if (mine[i].next() != null) {
                        mine[i].release();
                        mine[i] = rig.buffer(60);
                    }
                }
                int sent = rig.tx.transmit(mine, 0, n);
                rig.pool.release(mine, sent, n - sent);
                if (random.nextInt(4) == 0) {
                    rig.tx.reclaim();
                }
                assertThat(rig.pool.statistics().inUse()).isEqualTo(rig.held());
            }
            assertThat(received).as("it was not only refused").isGreaterThan(WRITE_BACKS / 100);
            assertThat(rig.rx.counters().get(IxgbeRxQueue.ERRORS)).isPositive();
            assertThat(rig.reports).as("the first report counts").isNotEmpty().allMatch(r -> r.startsWith("BROKEN"));
        }
    }

    private static void attack(QueueRig rig, Random random) {
        int i = random.nextInt(SIZE);
        switch (random.nextInt(8)) {
            case 0 -> rig.writeBackAt(i, random.nextLong(), random.nextLong());
            case 1 -> rig.writeBackAt(i, -1, -1);
            case 2 -> rig.writeBackAt(i, 0, RxDescriptor.word1(random.nextInt(4), random.nextInt(0x1000), random.nextInt(0x1_0000), random.nextInt(0x1_0000)));
            case 3 -> rig.txMemory.segment().set(java.lang.foreign.ValueLayout.JAVA_LONG, TxDescriptor.at(0, i) + 8, random.nextLong());
            case 4 -> TxDescriptor.setDoneRelease(rig.txMemory.segment(), TxDescriptor.at(0, i));
            default -> {
                // What a card that works would write, but anywhere.
                for (int n = random.nextInt(SIZE / 2); n > 0; n--, i++) {
                    int status = RxDescriptor.DD | (random.nextInt(8) == 0 ? 0 : RxDescriptor.EOP);
                    int length = status == RxDescriptor.DD ? QueueRig.ROOM : random.nextInt(14, QueueRig.ROOM + 1);
                    rig.writeBackAt(i & SIZE - 1, random.nextLong(), RxDescriptor.word1(status, 0, length, 0));
                }
            }
        }
    }
}
