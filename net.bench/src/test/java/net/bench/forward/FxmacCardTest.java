package net.bench.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import net.bench.forward.inside.CardFile;
import net.bench.forward.inside.Load;
import net.hw.fxmac.Fxmac;
import net.hw.fxmac.NetworkControl;
import net.hw.fxmac.RxBd;
import net.hw.fxmac.TxBd;
import net.hw.fxmac.TxStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The polled MAC, looked at one look at a time. */
class FxmacCardTest {
    private static final int SIZE = 16;
    private static final long RX = CardFile.DMA;
    private static final long TX = RX + 4096;
    private static final long BUFFER = CardFile.DMA + 0x10000;

    private final Arena arena = Arena.ofShared();
    private MemorySegment file;
    private FxmacCard card;

    @BeforeEach
    void aCardWithRings(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("cards");
        CardFile.create(path);
        file = CardFile.map(path, 0, CardFile.SIZE, arena);
        card = new FxmacCard(file, 0, 1);
        for (int i = 0; i < SIZE; i++) {
            RxBd.setUsed(file, RxBd.at(RX, i), i == SIZE - 1 ? RxBd.WRAP : 0);
            TxBd.setUsed(file, TxBd.at(TX, i), i == SIZE - 1 ? TxBd.WRAP : 0);
        }
        set(Fxmac.RXQBASE.offset(), (int) RX);
        set(Fxmac.TXQBASE.offset(), (int) TX);
        set(Fxmac.NWCTRL.offset(), NetworkControl.RX | NetworkControl.TX);
    }

    @AfterEach
    void unmap() {
        arena.close();
    }

    @Test
    void fillsUpToTheFirstUsedDescriptor() {
        arm(0, 5);
        card.control();
        card.poll();
        for (int i = 0; i < SIZE; i++) {
            long word = RxBd.wordAcquire(file, RxBd.at(RX, i));
            assertThat((word & RxBd.EOF) != 0).as("descriptor %d", i).isEqualTo(i < 5);
        }
        long word = RxBd.wordAcquire(file, RxBd.at(RX, 4));
        assertThat(word & (RxBd.USED | RxBd.SOF)).isEqualTo(RxBd.USED | RxBd.SOF);
        assertThat(RxBd.length(word, RxBd.LENGTH_MASK)).isEqualTo(Load.FRAME);
        assertThat(RxBd.iova(file, RxBd.at(RX, 4), word)).isEqualTo(BUFFER);
        card.poll();
        assertThat(card.tally()).isEqualTo(new PolledCard.Tally(5, 0, 2, 5));
    }

    @Test
    void goesRoundAtTheWrapBit() {
        arm(0, SIZE);
        card.control();
        card.poll();
        arm(0, 3);
        card.poll();
        assertThat(card.tally().received()).isEqualTo(SIZE + 3);
        assertThat(RxBd.wordAcquire(file, RxBd.at(RX, SIZE - 1)) & RxBd.WRAP).isNotZero();
    }

    @Test
    void marksTheFirstDescriptorOfEachFrame() {
        send(0);
        TxBd.give(file, TxBd.at(TX, 1), BUFFER, 64, 0);
        send(2);
        card.control();
        card.drain();
        assertThat(isUsed(0)).isTrue();
        assertThat(isUsed(1)).isTrue();
        assertThat(isUsed(2)).isFalse();
        assertThat(card.tally().sent()).isEqualTo(2);
    }

    @Test
    void receptionGoesOnWhereItWasAndTransmissionBeginsAtItsBase() {
        arm(0, 5);
        card.control();
        card.poll();
        set(Fxmac.NWCTRL.offset(), 0);
        card.control();
        arm(0, SIZE);
        send(0);
        card.poll();
        assertThat(card.tally()).isEqualTo(new PolledCard.Tally(5, 0, 1, 5));
        set(Fxmac.NWCTRL.offset(), NetworkControl.RX | NetworkControl.TX);
        card.control();
        RxBd.setUsed(file, RxBd.at(RX, 7), 0);
        send(0);
        card.poll();
        assertThat(card.tally()).isEqualTo(new PolledCard.Tally(2, 1, 1, 2));
        assertThat(isUsed(0)).isTrue();
    }

    @Test
    void saysThatTransmissionHasStopped() {
        card.control();
        assertThat(get(Fxmac.TXSR.offset())).isEqualTo(TxStatus.GO);
        set(Fxmac.NWCTRL.offset(), 0);
        assertThat(get(Fxmac.TXSR.offset())).isEqualTo(TxStatus.GO);
        card.control();
        assertThat(get(Fxmac.TXSR.offset())).isZero();
    }

    @Test
    void bitsThatWritingOnesClearsAreCleared() {
        set(Fxmac.NWCTRL.offset(), 0);
        set(Fxmac.TXSR.offset(), -1);
        set(Fxmac.QISR.at(2), -1);
        card.control();
        assertThat(get(Fxmac.TXSR.offset())).isZero();
        assertThat(get(Fxmac.QISR.at(2))).isZero();
    }

    private void send(int i) {
        TxBd.give(file, TxBd.at(TX, i), BUFFER, 64, TxBd.LAST);
    }

    private void arm(int from, int n) {
        for (int i = from; i < from + n; i++) {
            RxBd.give(file, RxBd.at(RX, i), BUFFER, i == SIZE - 1 ? RxBd.WRAP : 0);
        }
    }

    private boolean isUsed(int i) {
        return (TxBd.wordAcquire(file, TxBd.at(TX, i)) & TxBd.USED) != 0;
    }

    private int get(int offset) {
        return CardFile.intAcquire(file, CardFile.window(0) + offset);
    }

    private void set(int offset, int value) {
        CardFile.setIntRelease(file, CardFile.window(0) + offset, value);
    }
}
