package net.app.echo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import net.api.DevError;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.NetBuf;
import net.api.NetBufCache;
import net.api.NetDriverOps;
import net.app.core.App;
import net.app.core.AppOptions;
import net.app.core.Counter;
import net.app.core.Receiver;
import net.app.core.Sender;
import net.app.core.Setup;

/** The application that lets a card be pinged. */
public final class Echo extends App {
    private final String address;
    private final List<LocalAddress> addresses;
    private final Counter received = Counter.frames("received");
    private final Counter[] outcomes = Arrays.stream(Outcome.values()).map(o -> Counter.frames(o.counter())).toArray(Counter[]::new);
    private final Sender.Counters sending = Sender.Counters.named("");
    private final NetBuf[] batch;

    private NetDriverOps ops;
    private NetBufCache cache;
    private EthernetAddress mac;
    private Responder responder;
    private Receiver receiver;
    private Receiver[] receivers;
    private Sender sender;
    private Setup groups;
    private int maxSegments;
    /** Frames of {@link #batch} that were not looked at yet, if something threw. */
    private int held;

    /**
     * @param address of the card
     * @param addresses to answer for, one or more
     * @throws DevException INVALID_PARAM if there are none
     */
    public Echo(String address, List<LocalAddress> addresses, AppOptions options) {
        super("echo", List.of(address), options);
        if (addresses.isEmpty()) {
            throw new DevException(DevError.INVALID_PARAM, "no address to answer for: give one like 10.0.0.2/24 or fd00::2/64");
        }
        this.address = address;
        this.addresses = List.copyOf(addresses);
        this.batch = new NetBuf[options.batch()];
    }

    /** Reads addresses as {@link LocalAddress#parse} does. */
    public static List<LocalAddress> parse(List<String> texts) {
        return texts.stream().map(LocalAddress::parse).toList();
    }

    @Override
    protected void open(List<NetDriverOps> cards) {
        ops = cards.getFirst();
        cache = ops.pool().cache();
        mac = ops.macAddress();
        responder = new Responder(mac, addresses);
        maxSegments = ops.capabilities().maxSegments();
        receiver = new Receiver(ops, received);
        receivers = new Receiver[] {receiver};
        sender = new Sender(ops, batch.length, options().tries(), sending);
        groups = Setup.groups(ops, addresses.stream().filter(LocalAddress::v6).map(LocalAddress::solicitedNodeMac)
                .collect(Collectors.toCollection(java.util.TreeSet::new)));
    }

    @Override
    protected int poll() {
        if (!sender.isEmpty()) {
            return sender.push();
        }
        int n = receiver.receive(batch, batch.length);
        if (n == 0) {
            return 0;
        }
        held = n;
        int maxFrame = ops.maxFrameLength();
        NetBuf[] replies = sender.frames();
        int count = 0;
        int dropped = 0;
        for (int i = 0; i < n; i++) {
            Outcome outcome = responder.answer(batch[i], maxFrame, maxSegments);
            outcomes[outcome.ordinal()].add(1);
            if (outcome.isReply()) {
                replies[count++] = batch[i];
            } else {
                batch[dropped++] = batch[i];
            }
        }
        held = dropped;
        sender.fill(count);
        cache.release(batch, 0, dropped);
        held = 0;
        sender.push();
        return n;
    }

    @Override
    protected void rest(int round, long most) throws InterruptedException {
        EthernetAddress now = ops.macAddress();
        if (!now.equals(mac)) {
            mac = now;
            responder = new Responder(mac, addresses);
        }
        Receiver.await(receivers, round, most);
    }

    @Override
    protected int reclaim() {
        return sender.reclaim();
    }

    @Override
    protected void close() {
        for (int i = 0; i < held; i++) {
            if (batch[i] != null) {
                batch[i].release();
                batch[i] = null;
            }
        }
        held = 0;
        if (sender != null) {
            sender.close();
            sender = null;
        }
        if (receiver != null) {
            receiver.close();
            receiver = null;
        }
        if (groups != null) {
            groups.undo();
            groups = null;
        }
        ops = null; // nothing of a driver is kept
    }

    @Override
    protected List<Counter> counted() {
        List<Counter> all = new ArrayList<>(List.of(received));
        all.addAll(List.of(outcomes));
        all.addAll(List.of(sending.sent(), sending.ringFull(), sending.refused(), sending.abandoned()));
        return all;
    }

    @Override
    public String arguments() {
        return addresses.stream().map(LocalAddress::toString).collect(Collectors.joining(" "));
    }

    @Override
    public boolean receivesOn(String card) {
        return card.equals(address);
    }

    @Override
    public boolean transmitsOn(String card) {
        return card.equals(address);
    }
}
