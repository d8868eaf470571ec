package net.bench.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import net.bench.forward.inside.CardFile;
import net.bench.forward.inside.Load;
import net.hw.ixgbe.ControlBits.Ctrl;
import net.hw.ixgbe.ControlBits.Eeprom;
import net.hw.ixgbe.ControlBits.Eerd;
import net.hw.ixgbe.ControlBits.Status;
import net.hw.ixgbe.ReceiveBits.Rxctrl;
import net.hw.ixgbe.ReceiveBits.Rxdctl;
import net.hw.ixgbe.Reg;
import net.hw.ixgbe.RxDescriptor;
import net.hw.ixgbe.TransmitBits.Dmatxctl;
import net.hw.ixgbe.TransmitBits.Txdctl;
import net.hw.ixgbe.TxDescriptor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The polled card, looked at one look at a time. */
class IxgbeCardTest {
    private static final int SIZE = 64;
    private static final long RX = CardFile.DMA;
    private static final long TX = RX + 4096;
    private static final long BUFFER = CardFile.DMA + 0x10000;

    private final Arena arena = Arena.ofShared();
    private MemorySegment file;
    private IxgbeCard card;

    @BeforeEach
    void aCardWithRings(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("cards");
        CardFile.create(path);
        file = CardFile.map(path, 0, CardFile.SIZE, arena);
        card = new IxgbeCard(file, 1, 1);
        ring(Reg.RDBAL.at(0), RX, Reg.RDLEN.at(0), Reg.RXDCTL.at(0), Rxdctl.ENABLE);
        ring(Reg.TDBAL.at(0), TX, Reg.TDLEN.at(0), Reg.TXDCTL.at(0), Txdctl.ENABLE);
        set(Reg.RXCTRL.offset(), Rxctrl.RXEN);
        set(Reg.DMATXCTL.offset(), Dmatxctl.TE);
    }

    @AfterEach
    void unmap() {
        arena.close();
    }

    @Test
    void fillsWhatIsArmedAndNothingBehindIt() {
        arm(0, 10);
        card.control();
        card.poll();
        assertThat(received()).isEqualTo(10);
        assertThat(RxDescriptor.length(word1(0))).isEqualTo(Load.FRAME);
        assertThat(RxDescriptor.isLast(word1(9))).isTrue();
        assertThat(word1(10)).isZero();
        card.poll();
        assertThat(card.tally()).isEqualTo(new PolledCard.Tally(10, 0, 2, 10));
    }

    @Test
    void goesRound() {
        arm(0, 60);
        card.control();
        card.poll();
        for (int i = 0; i < SIZE; i++) {
            RxDescriptor.setRead(file, RxDescriptor.at(RX, i), BUFFER, 0);
        }
        arm(60, 20);
        card.poll();
        assertThat(received()).isEqualTo(20);
        assertThat(RxDescriptor.isDone(word1(63))).isTrue();
        assertThat(RxDescriptor.isDone(word1(15))).isTrue();
        assertThat(RxDescriptor.isDone(word1(16))).isFalse();
        card.control();
        assertThat(get(Reg.RDH.at(0))).isEqualTo(16);
    }

    @Test
    void reportsOnlyWhereItIsAskedTo() {
        for (int i = 0; i < 8; i++) {
            TxDescriptor.set(file, TxDescriptor.at(TX, i), BUFFER, TxDescriptor.word1(64, 64, TxDescriptor.EOP | (i == 6 ? TxDescriptor.RS : 0)));
        }
        set(Reg.TDT.at(0), 7);
        card.control();
        card.poll();
        for (int i = 0; i < 8; i++) {
            assertThat(TxDescriptor.isDoneAcquire(file, TxDescriptor.at(TX, i))).as("descriptor %d", i).isEqualTo(i == 6);
        }
        assertThat(card.tally().sent()).isEqualTo(7);
    }

    @Test
    void aRingThatIsOffIsLeftAlone() {
        arm(0, 10);
        set(Reg.RXDCTL.at(0), 0);
        card.control();
        card.poll();
        assertThat(received()).isZero();
        set(Reg.RXDCTL.at(0), Rxdctl.ENABLE);
        set(Reg.RXCTRL.offset(), 0);
        card.control();
        card.poll();
        assertThat(received()).isZero();
    }

    @Test
    void masterDisableStopsDmaAndIsConfirmed() {
        arm(0, 10);
        card.control();
        assertThat(get(Reg.STATUS.offset()) & Status.MASTER_ENABLED).isNotZero();
        set(Reg.CTRL.offset(), Ctrl.MASTER_DISABLE);
        card.control();
        card.poll();
        assertThat(get(Reg.STATUS.offset()) & Status.MASTER_ENABLED).isZero();
        assertThat(received()).isZero();
    }

    @Test
    void resetEndsWithResetValues() {
        arm(0, 10);
        card.control();
        set(Reg.CTRL.offset(), Ctrl.RST);
        card.control();
        card.poll();
        assertThat(get(Reg.CTRL.offset())).isEqualTo(Reg.CTRL.reset(0));
        assertThat(get(Reg.RDLEN.at(0))).isZero();
        assertThat(get(Reg.RXDCTL.at(0)) & Rxdctl.ENABLE).isZero();
        assertThat(get(Reg.STATUS.offset()) & Status.LAN_ID).isEqualTo(1 << Status.LAN_ID_SHIFT);
        assertThat(received()).isZero();
    }

    @Test
    void wordsOfTheEepromAddUp() {
        int sum = 0;
        for (int word = 0; word <= Eeprom.CHECKSUM; word++) {
            set(Reg.EERD.offset(), word << Eerd.ADDR_SHIFT | Eerd.START);
            card.control();
            assertThat(get(Reg.EERD.offset()) & Eerd.DONE).isNotZero();
            sum += get(Reg.EERD.offset()) >>> Eerd.DATA_SHIFT;
        }
        assertThat(sum & 0xffff).isEqualTo(Eeprom.SUM);
    }

    private void ring(int base, long start, int length, int control, int enable) {
        set(base, (int) start);
        set(length, SIZE * RxDescriptor.SIZE);
        set(control, enable);
    }

    private void arm(int from, int n) {
        for (int i = from; i < from + n; i++) {
            RxDescriptor.setRead(file, RxDescriptor.at(RX, i % SIZE), BUFFER, 0);
        }
        set(Reg.RDT.at(0), (from + n) % SIZE);
    }

    private long word1(int i) {
        return RxDescriptor.word1Acquire(file, RxDescriptor.at(RX, i));
    }

    private int received() {
        int n = 0;
        for (int i = 0; i < SIZE; i++) {
            n += RxDescriptor.isDone(word1(i)) ? 1 : 0;
        }
        return n;
    }

    private int get(int offset) {
        return CardFile.intAcquire(file, CardFile.window(1) + offset);
    }

    private void set(int offset, int value) {
        CardFile.setIntRelease(file, CardFile.window(1) + offset, value);
    }
}
