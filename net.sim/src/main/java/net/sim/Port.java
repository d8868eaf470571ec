package net.sim;

/** Where a cable goes in. Frames pass it one by one, under the engine's lock, from the sender's memory straight into the receiver's. */
public final class Port {
    /** Who is behind a port. Under the engine's lock. */
    interface Receiver {
        /** A frame arrives; it is valid during the call. */
        Verdict receive(SgList frame);

        /** The link came up or went down. */
        void linkChanged(boolean up);
    }

    private final String name;
    private final Receiver receiver;
    private volatile Cable cable;
    private volatile boolean powered;
    private boolean up;
    private long sent;
    private long sentBytes;
    private long unconnected;
    private long receivedBytes;
    private final long[] verdicts = new long[Verdict.values().length];

    Port(String name, Receiver receiver) {
        this.name = name;
        this.receiver = receiver;
    }

    /** The name for users. */
    public String name() {
        return name;
    }

    /** The cable in it, or null. */
    public Cable cable() {
        return cable;
    }

    /** There is a cable, it works, and there is power at both ends. */
    public boolean linkUp() {
        Cable c = cable;
        return powered && c != null && c.isUp() && c.other(this).powered;
    }

    /** Whoever is behind it is there, or is not. */
    void setPowered(boolean on) {
        powered = on;
        cableChanged();
        Cable c = cable;
        if (c != null) {
            c.other(this).cableChanged();
        }
    }

    void setCable(Cable c) {
        cable = c;
    }

    void cableChanged() {
        boolean now = linkUp();
        if (now != up) {
            up = now;
            receiver.linkChanged(now);
        }
    }

    /** Sends a frame to the other end. */
    void send(SgList frame) {
        if (!up) {
            unconnected++;
            return;
        }
        sent++;
        sentBytes += frame.bytes();
        cable.other(this).arrive(frame);
    }

    private void arrive(SgList frame) {
        long bytes = frame.bytes();
        Verdict v = receiver.receive(frame);
        verdicts[v.ordinal()]++;
        if (v == Verdict.ACCEPTED) {
            receivedBytes += bytes;
        }
    }

    /** Counters, each one right, but taken while frames pass. */
    public PortCounters counters() {
        return new PortCounters(sent, sentBytes, unconnected, verdicts[Verdict.ACCEPTED.ordinal()], receivedBytes, verdicts[Verdict.NO_BUFFER.ordinal()],
                verdicts[Verdict.FILTERED.ordinal()], verdicts[Verdict.TOO_LONG.ordinal()], verdicts[Verdict.NOT_READY.ordinal()]);
    }

    @Override
    public String toString() {
        return name;
    }
}
