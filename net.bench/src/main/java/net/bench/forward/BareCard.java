package net.bench.forward;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import net.bench.forward.inside.CardFile;
import net.bench.forward.inside.Load;
import net.hw.ixgbe.ControlBits.Ctrl;
import net.hw.ixgbe.ReceiveBits.Rxctrl;
import net.hw.ixgbe.ReceiveBits.Rxdctl;
import net.hw.ixgbe.Reg;
import net.hw.ixgbe.RxDescriptor;
import net.hw.ixgbe.TransmitBits.Dmatxctl;
import net.hw.ixgbe.TxDescriptor;

/** A driver for {@link IxgbeCard} with the least that can be done: the rings of a card. Buffers are numbers; all cards of a file share them. */
final class BareCard {
    private static final int RING = Load.RING;
    private static final int MASK = RING - 1;
    private static final int BYTES = RING * RxDescriptor.SIZE;
    /** Descriptors that are armed, and looked at after sending, at a time. */
    private static final int GROUP = 32;
    private static final int BUFFERS = 32 * 1024;
    private static final int STRIDE = 2112;
    private static final int HEADROOM = 128;
    private static final int LENGTH = Reg.RDLEN.offset() - Reg.RDBAL.offset();
    private static final int MAX_QUEUES = 4;
    private static final long RINGS = CardFile.DMA;
    private static final long DATA = RINGS + (1 << 20);
    private static final long SEND = TxDescriptor.EOP | TxDescriptor.IFCS;

    final Queue[] queues;

    /** Free buffers. */
    static final class Stack {
        private final int[] free = new int[BUFFERS];
        private int count;

        Stack() {
            while (count < BUFFERS) {
                free[count] = count++;
            }
        }

        void take(int[] to, int from, int n) {
            count -= n;
            System.arraycopy(free, count, to, from, n);
        }

        void give(int[] from, int first, int n) {
            System.arraycopy(from, first, free, count, n);
            count += n;
        }
    }

    BareCard(MemorySegment file, int card, int count, Stack stack) {
        long registers = CardFile.window(card);
        CardFile.setIntRelease(file, registers + Reg.CTRL.offset(), Ctrl.RST);
        while (CardFile.intAcquire(file, registers + Reg.CTRL.offset()) != 0) {
            Thread.onSpinWait();
        }
        CardFile.setIntRelease(file, registers + Reg.RXCTRL.offset(), Rxctrl.RXEN);
        CardFile.setIntRelease(file, registers + Reg.DMATXCTL.offset(), Dmatxctl.TE);
        queues = new Queue[count];
        for (int i = 0; i < count; i++) {
            queues[i] = new Queue(file, card, i, stack);
        }
    }

    /** Where a buffer's frame begins in the file. */
    static long data(int buffer) {
        return DATA + (long) buffer * STRIDE + HEADROOM;
    }

    /** A receive ring and a transmit ring. */
    static final class Queue {
        private final MemorySegment file;
        private final long rxRing;
        private final long rxTail;
        private final int[] rxBuffers = new int[RING];
        private int rxNext;
        private int rxArmed;
        private final long txRing;
        private final long txTail;
        private final int[] txBuffers = new int[RING];
        private int txNext;
        private int txDone;
        private final Stack stack;

        Queue(MemorySegment file, int card, int queue, Stack stack) {
            this.file = file;
            this.stack = stack;
            int n = card * MAX_QUEUES + queue;
            rxRing = RINGS + 2L * n * BYTES;
            txRing = rxRing + BYTES;
            long registers = CardFile.window(card);
            rxTail = registers + Reg.RDT.at(queue);
            txTail = registers + Reg.TDT.at(queue);
            arm(RING - GROUP);
            enable(registers + Reg.RDBAL.at(queue), rxRing, registers + Reg.RXDCTL.at(queue));
            enable(registers + Reg.TDBAL.at(queue), txRing, registers + Reg.TXDCTL.at(queue));
        }

        private void enable(long base, long ring, long control) {
            file.set(CardFile.INT, base, (int) ring);
            file.set(CardFile.INT, base + LENGTH, BYTES);
            CardFile.setIntRelease(file, control, Rxdctl.ENABLE);
        }

        MemorySegment memory() {
            return file;
        }

        int receive(int[] to, int max) {
            int next = rxNext;
            int most = Math.min(max, Math.min(rxArmed - next, RING - (next & MASK)));
            long at = RxDescriptor.at(rxRing, next & MASK);
            MemorySegment m = file;
            int n = 0;
            while (n < most && RxDescriptor.isDone(RxDescriptor.word1(m, RxDescriptor.at(at, n)))) {
                n++;
            }
            VarHandle.acquireFence();
            System.arraycopy(rxBuffers, next & MASK, to, 0, n);
            rxNext = next + n;
            while (rxArmed - rxNext <= RING - 2 * GROUP) {
                arm(GROUP);
            }
            return n;
        }

        private void arm(int n) {
            int first = rxArmed & MASK;
            stack.take(rxBuffers, first, n);
            MemorySegment m = file;
            long ring = rxRing;
            int[] buffers = rxBuffers;
            for (int i = first; i < first + n; i++) {
                RxDescriptor.setRead(m, RxDescriptor.at(ring, i), data(buffers[i]), 0);
            }
            rxArmed += n;
            CardFile.setIntRelease(file, rxTail, rxArmed & MASK);
        }

        /** Frames that {@link #send} has places for. */
        int room() {
            while (txNext - txDone >= GROUP && TxDescriptor.isDoneAcquire(file, TxDescriptor.at(txRing, txDone + GROUP - 1 & MASK))) {
                stack.give(txBuffers, txDone & MASK, GROUP);
                txDone += GROUP;
            }
            return RING - 1 - (txNext - txDone);
        }

        void send(int[] frames, int n) {
            int done = 0;
            while (done < n) {
                int first = txNext & MASK;
                int run = Math.min(n - done, RING - first);
                System.arraycopy(frames, done, txBuffers, first, run);
                MemorySegment m = file;
                long ring = txRing;
                int[] buffers = txBuffers;
                for (int i = first; i < first + run; i++) {
                    long bits = (i & GROUP - 1) == GROUP - 1 ? SEND | TxDescriptor.RS : SEND;
                    TxDescriptor.set(m, TxDescriptor.at(ring, i), data(buffers[i]), TxDescriptor.word1(Load.FRAME, Load.FRAME, bits));
                }
                txNext += run;
                done += run;
            }
            CardFile.setIntRelease(file, txTail, txNext & MASK);
        }
    }
}
