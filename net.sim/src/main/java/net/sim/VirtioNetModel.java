package net.sim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import net.api.EthernetAddress;
import net.hw.virtio.Feature;
import net.hw.virtio.NetConfig;
import net.hw.virtio.NetHeader;

/**
 * A virtio network card as the specification describes it: virtio 1.2, 5.1, on PCI, 4.1, with split virtqueues, 2.7. One receive, one transmit and, if
 * offered, one control queue. Frames go from the memory of the sender straight into that of the receiver; a card without a buffer for a frame loses it.
 */
public final class VirtioNetModel extends VirtioDevice implements CardModel {
    private static final int RX = 0;
    private static final int TX = 1;
    private static final int CONTROL = 2;
    private static final int BURST = 64;
    /** Speed that it claims, in Mb/s: a virtual cable has none. */
    private static final int SPEED = 10_000;
    private static final int ETHERNET_HEADER = 14;
    private static final int VLAN_TAG = 4;
    private static final int LONGEST = 65_535;

    private final VirtioNetConfig settings;
    private final Port port;
    private final NetFilter filter = new NetFilter();
    private final NetCommands commands = new NetCommands(this, filter);
    private final SgList readable = new SgList();
    private final SgList writable = new SgList();
    private final SgList ignored = new SgList();
    private final MemorySegment header = Arena.ofAuto().allocate(NetHeader.SIZE, 8);
    private final SgList headerList = new SgList();
    private long mac;
    private boolean linkUp;
    private boolean announce;
    private boolean transmitting;
    private boolean controlling;
    private boolean merging;
    private boolean mtuKnown;
    private long badFrames;

    /** A card that is not plugged in yet. */
    public VirtioNetModel(VirtioNetConfig settings) {
        super(1, 0x020000, settings.features(), sizes(settings), settings.vectors(), settings.notifyMultiplier(), configLength(settings.features()));
        this.settings = settings;
        mac = settings.mac().bits();
        port = new Port("card " + settings.mac(), new Port.Receiver() {
            @Override
            public Verdict receive(SgList frame) {
                return VirtioNetModel.this.receive(frame);
            }

            @Override
            public void linkChanged(boolean up) {
                linkUp = up;
                if (Feature.STATUS.in(offered)) {
                    changed();
                }
            }
        });
        headerList.add(header, 0, NetHeader.SIZE);
    }

    private static int[] sizes(VirtioNetConfig c) {
        return Feature.CTRL_VQ.in(c.features()) ? new int[] {c.queueSize(), c.queueSize(), Math.min(64, c.queueSize())} : new int[] {c.queueSize(), c.queueSize()};
    }

    /** Bytes of the configuration: up to the last field whose feature is offered. 5.1.4. */
    private static int configLength(long features) {
        if (Feature.SPEED_DUPLEX.in(features)) {
            return NetConfig.DUPLEX.offset() + 1;
        }
        return Feature.MTU.in(features) ? NetConfig.MTU.offset() + 2 : NetConfig.STATUS.offset() + 2;
    }

    @Override
    public Port port() {
        return port;
    }

    /** How it was built. */
    public VirtioNetConfig settings() {
        return settings;
    }

    /** Its address now: the driver may have set another one, until a reset. */
    @Override
    public EthernetAddress mac() {
        return new EthernetAddress(call(() -> mac));
    }

    /** Frames from the driver that were not sent because they, or their headers, were wrong. */
    public long badFrames() {
        return call(() -> badFrames);
    }

    /** Asks the driver to send gratuitous packets. 5.1.6.5.4. */
    public void announce() {
        call(() -> {
            announce = negotiated(Feature.GUEST_ANNOUNCE);
            changed();
            return null;
        });
    }

    /** The driver was asked for gratuitous packets and has not acknowledged that. */
    public boolean isAnnouncing() {
        return call(() -> announce);
    }

    void announced() {
        announce = false;
        changed();
    }

    void setMac(long bits) {
        mac = bits;
        filter.setOwn(bits);
    }

    private void changed() {
        if (live()) {
            configChanged();
        }
    }

    @Override
    String impossible(long features) {
        // 5.1.3.1.
        if (!Feature.CTRL_VQ.in(features)) {
            for (Feature f : new Feature[] {Feature.CTRL_RX, Feature.CTRL_VLAN, Feature.CTRL_RX_EXTRA, Feature.GUEST_ANNOUNCE, Feature.CTRL_MAC_ADDR}) {
                if (f.in(features)) {
                    return f + " without CTRL_VQ";
                }
            }
        }
        return "";
    }

    @Override
    void started() {
        merging = negotiated(Feature.MRG_RXBUF);
        mtuKnown = negotiated(Feature.MTU);
        filter.start(negotiated(Feature.CTRL_RX), negotiated(Feature.CTRL_VLAN));
        // What was made available before is looked at once, and then on notification.
        transmitting = true;
        controlling = true;
    }

    @Override
    void stopped() {
        mac = settings.mac().bits();
        announce = false;
        transmitting = false;
        controlling = false;
        filter.reset(mac);
    }

    @Override
    void plugged() {
        super.plugged();
        port.setPowered(true);
    }

    @Override
    void unplugged() {
        super.unplugged();
        port.setPowered(false);
    }

    // ---- device configuration: 5.1.4 ----

    @Override
    int deviceConfig(int offset, int width) {
        int value = 0;
        for (int i = width - 1; i >= 0; i--) {
            value = value << 8 | configByte(offset + i);
        }
        return value;
    }

    private int configByte(int at) {
        if (at < NetConfig.STATUS.offset()) {
            return Feature.MAC.in(offered) ? (int) (mac >>> 40 - 8 * at) & 0xff : 0;
        }
        if (at < NetConfig.MAX_VIRTQUEUE_PAIRS.offset()) {
            int status = Feature.STATUS.in(offered) ? (linkUp ? NetConfig.LINK_UP : 0) | (announce ? NetConfig.ANNOUNCE : 0) : 0;
            return at == NetConfig.STATUS.offset() ? status : 0;
        }
        if (at < NetConfig.MTU.offset()) {
            return at == NetConfig.MAX_VIRTQUEUE_PAIRS.offset() ? 1 : 0;
        }
        if (at < NetConfig.SPEED.offset()) {
            return Feature.MTU.in(offered) ? settings.mtu() >>> 8 * (at - NetConfig.MTU.offset()) & 0xff : 0;
        }
        return at < NetConfig.DUPLEX.offset() ? SPEED >>> 8 * (at - NetConfig.SPEED.offset()) & 0xff : NetConfig.DUPLEX_FULL;
    }

    // ---- queues ----

    @Override
    boolean work(int kicked) {
        boolean more = false;
        if ((kicked & 1 << RX) != 0 && queues[RX].ready()) {
            // Receive buffers are looked at when a frame comes, not when they do.
            queues[RX].suppressNotifications();
        }
        if (transmitting || (kicked & 1 << TX) != 0) {
            transmitting = drain(queues[TX], BURST);
            more = transmitting;
        }
        if (queues.length > CONTROL && (controlling || (kicked & 1 << CONTROL) != 0)) {
            controlling = drain(queues[CONTROL], 1);
            more |= controlling;
        }
        return more && live();
    }

    /** Takes up to {@code most} chains; true if there may be more. */
    private boolean drain(VirtQueue q, int most) {
        if (!q.ready()) {
            return false;
        }
        int n = Math.min(q.available(1), most);
        if (n == 0) {
            return live() && q.requestNotifications();
        }
        q.suppressNotifications();
        for (int i = 0; i < n; i++) {
            if (!q.chain(0, readable, writable)) {
                return false;
            }
            int head = q.head();
            int written = q.index == TX ? transmit() : commands.execute(readable, writable);
            if (!live()) {
                return false;
            }
            q.use(head, written);
        }
        return true;
    }

    /** Sends the frame in {@code readable}. 5.1.6.2. */
    private int transmit() {
        if (readable.bytes() < NetHeader.SIZE) {
            driverError("transmit chain of %d readable bytes: no header (5.1.6.2)", readable.bytes());
            return 0;
        }
        readable.copyTo(0, header, 0, NetHeader.SIZE);
        readable.skip(NetHeader.SIZE);
        int flags = NetHeader.flags(header, 0);
        int gso = NetHeader.gsoType(header, 0);
        long longest = mtuKnown ? settings.mtu() + ETHERNET_HEADER + VLAN_TAG : LONGEST;
        // 5.1.6.2.1: neither checksum nor segmentation was negotiated. 5.1.4.2: no frame beyond the MTU.
        if ((flags & NetHeader.NEEDS_CSUM) != 0 || gso != NetHeader.GSO_NONE || readable.bytes() < ETHERNET_HEADER || readable.bytes() > longest) {
            badFrames++;
            complain("frame of %d bytes, flags 0x%x, gso_type %d not sent: %d to %d bytes, no offloads", readable.bytes(), flags, gso, ETHERNET_HEADER, longest);
        } else {
            port.send(readable);
        }
        return 0;
    }

    /** Puts a frame that arrived into the receive queue. 5.1.6.4. */
    private Verdict receive(SgList frame) {
        VirtQueue q = queues[RX];
        if (!live() || !q.ready()) {
            return Verdict.NOT_READY;
        }
        // 5.1.4.1: nothing longer than the MTU is given to a driver that knows it.
        if (mtuKnown && frame.bytes() > settings.mtu() + ETHERNET_HEADER + VLAN_TAG) {
            return Verdict.TOO_LONG;
        }
        if (!filter.accepts(frame)) {
            return Verdict.FILTERED;
        }
        int need = NetHeader.SIZE + (int) frame.bytes();
        if (q.available(1) == 0) {
            return live() ? Verdict.NO_BUFFER : Verdict.NOT_READY;
        }
        if (!firstBuffer(q)) {
            return Verdict.NOT_READY;
        }
        if (writable.bytes() >= need) {
            deliver(q, frame, 0, need, 1);
            return Verdict.ACCEPTED;
        }
        return merging ? merge(q, frame, need) : Verdict.TOO_LONG;
    }

    /** Looks at the next receive buffer; false after an error of the driver. */
    private boolean firstBuffer(VirtQueue q) {
        if (!q.chain(0, ignored, writable)) {
            return false;
        }
        // 5.1.6.3.1: a buffer has room for the header at least.
        if (writable.bytes() < NetHeader.SIZE) {
            driverError("receive buffer of %d bytes: a header has %d (5.1.6.3.1)", writable.bytes(), NetHeader.SIZE);
            return false;
        }
        return true;
    }

    /** Spreads a frame over several buffers, filling all but the last. 5.1.6.4.1. */
    private Verdict merge(VirtQueue q, SgList frame, int need) {
        long room = writable.bytes();
        int buffers = 1;
        while (room < need) {
            if (q.available(buffers + 1) <= buffers) {
                return live() ? Verdict.NO_BUFFER : Verdict.NOT_READY;
            }
            if (!q.chain(buffers, ignored, writable)) {
                return Verdict.NOT_READY;
            }
            if (writable.bytes() == 0) {
                driverError("receive buffer of 0 bytes (5.1.6.3.1)");
                return Verdict.NOT_READY;
            }
            room += writable.bytes();
            buffers++;
        }
        int done = 0;
        for (int i = 0; i < buffers; i++) {
            // Read a second time: the driver may have changed it, and gets what it then asks for.
            if (!(i == 0 ? firstBuffer(q) : q.chain(0, ignored, writable))) {
                return Verdict.NOT_READY;
            }
            done += deliver(q, frame, done, (int) Math.min(writable.bytes(), need - done), buffers);
        }
        return Verdict.ACCEPTED;
    }

    /** Writes the bytes from {@code position}, counted with the header, to the buffer in {@code writable}, and uses it. */
    private int deliver(VirtQueue q, SgList frame, int position, int length, int buffers) {
        int headerBytes = 0;
        if (position == 0) {
            NetHeader.setPlain(header, 0);
            // 5.1.6.4.1: 1 if MRG_RXBUF was not negotiated.
            NetHeader.setNumBuffers(header, 0, liar() == null ? buffers : liar().numBuffers(buffers));
            headerBytes = Math.min(NetHeader.SIZE, length);
            headerList.copyTo(0, writable, 0, headerBytes);
        }
        frame.copyTo(position + headerBytes - NetHeader.SIZE, writable, headerBytes, length - headerBytes);
        q.use(q.head(), length);
        return length;
    }

    @Override
    public String toString() {
        return port.name();
    }
}
