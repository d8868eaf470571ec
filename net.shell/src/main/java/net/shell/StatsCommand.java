package net.shell;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.api.DevError;
import net.api.DevException;
import net.api.NetDriverOps;
import net.api.NetStatistics;
import net.api.PollThread;
import net.api.device.DeviceManager;
import net.shell.text.Arguments;
import net.shell.text.CommandError;
import net.shell.text.Screen;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.Process;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code net:stats}: what cards have done, and are doing. */
@Component(service = StatsCommand.class, property = {"osgi.command.scope=net", "osgi.command.function=stats"})
public final class StatsCommand {
    private static final double MIN_INTERVAL = 0.01;
    private static final double MAX_INTERVAL = 3600;
    private static final double NANOS = 1e9;

    private final Inventory inventory;

    /** Called by SCR. */
    @Activate
    public StatsCommand(BundleContext context, @Reference DeviceManager manager) {
        this.inventory = new Inventory(context, manager);
    }

    @Descriptor("shows what cards have sent and received, and at what rate; one card in detail")
    public Object stats(CommandSession session,
            @Descriptor("refresh until a key is pressed") @Parameter(names = {"-w", "--watch"}, presentValue = "true", absentValue = "false") boolean watch,
            @Descriptor("seconds over which rates are taken") @Parameter(names = {"-i", "--interval"}, absentValue = "1") String seconds,
            @Descriptor("refresh so many times, 0 for no end") @Parameter(names = {"-n", "--times"}, absentValue = "0") String count,
            @Descriptor("address of a card, or a unique end of it; none for all cards") String... address) {
        return CommandError.named("net:stats", () -> {
            double interval = interval(seconds);
            int times = (int) Arguments.number("times", count, 0, Integer.MAX_VALUE);
            List<String> words = Arguments.of("net:stats [--watch] [--interval SECONDS] [--times COUNT] [CARD]", 0, 1, address);
            String only = words.isEmpty() ? null : inventory.card(words.getFirst()).deviceName();
            inventory.manager();
            if (!watch && times == 0) {
                Look before = look();
                Thread.sleep((long) (interval * 1000));
                return result(before, look(), only);
            }
            watch(session, interval, times, only);
            return null;
        });
    }

    private static double interval(String text) {
        try {
            double interval = Double.parseDouble(text);
            if (interval >= MIN_INTERVAL && interval <= MAX_INTERVAL) {
                return interval;
            }
        } catch (NumberFormatException e) {
            throw new DevException(DevError.INVALID_PARAM, "interval '" + text + "' is no number of seconds", e);
        }
        throw new DevException(DevError.INVALID_PARAM, "interval " + text + " is outside " + MIN_INTERVAL + " to " + MAX_INTERVAL + " seconds");
    }

    private void watch(CommandSession session, double interval, int times, String only) throws Exception {
        PrintStream out = System.out;
        boolean redraw = canRedraw(session);
        int lines = 0;
        Look before = look();
        try (Keyboard keyboard = Keyboard.of(redraw ? session.get(".terminal") : null)) {
            for (int i = 0; times == 0 || i < times; i++) {
                if (keyboard.pressedWithin((long) (interval * 1000))) {
                    return;
                }
                Look now = look();
                String text = session.format(result(before, now, only), org.apache.felix.service.command.Converter.INSPECT).toString();
                // Up to where the last one began, and clear what is below. ECMA-48, 8.3.22 CUU, 8.3.39 ED.
                out.print((redraw && lines > 0 ? "\u001b[" + lines + "A\r\u001b[J" : "") + text + System.lineSeparator());
                out.flush();
                // The shell puts a channel between the two, and channels do not pass a flush on.
                session.getConsole().flush();
                if (out.checkError()) {
                    return;
                }
                lines = text.split("\n", -1).length;
                before = now;
            }
        }
    }

    /** A terminal that is not dumb, and nothing behind us in a pipe. */
    private static boolean canRedraw(CommandSession session) {
        Process process = Process.Utils.current();
        return process != null && process.isTty(1) && Screen.canRedraw(session);
    }

    private Object result(Look before, Look now, String only) {
        double seconds = (now.time - before.time) / NANOS;
        Map<String, StatsRow> rows = new LinkedHashMap<>();
        now.cards.forEach((address, card) -> {
            Card earlier = before.cards.get(address);
            rows.put(address, StatsRow.of(address, card.link, earlier == null ? null : earlier.statistics, card.statistics, seconds,
                    shares(address, before, now)));
        });
        if (only == null) {
            return DeviceCommands.list(List.copyOf(rows.values()));
        }
        StatsRow row = rows.get(only);
        if (row == null) {
            throw new DevException(DevError.BAD_STATE, only + " was detached");
        }
        return row;
    }

    /** Threads that were there at both looks. */
    private static List<StatsRow.ThreadShare> shares(String address, Look before, Look now) {
        List<StatsRow.ThreadShare> shares = new ArrayList<>();
        now.threads.forEach((thread, busy) -> {
            Long earlier = before.threads.get(thread);
            if (earlier != null && now.time > before.time && thread.devices().contains(address)) {
                shares.add(new StatsRow.ThreadShare(thread.name(), Math.clamp((double) (busy - earlier) / (now.time - before.time), 0, 1), thread.processor()));
            }
        });
        return shares;
    }

    private Look look() {
        Map<String, Card> cards = new TreeMap<>();
        for (Map.Entry<String, NetDriverOps> e : inventory.cards().entrySet()) {
            cards.put(e.getKey(), new Card(Inventory.link(e.getValue()), e.getValue().statistics()));
        }
        Map<PollThread, Long> threads = new IdentityHashMap<>();
        inventory.threads().forEach(t -> threads.put(t, t.busyNanos()));
        return new Look(System.nanoTime(), cards, threads);
    }

    private record Card(String link, NetStatistics statistics) {
    }

    private record Look(long time, Map<String, Card> cards, Map<PollThread, Long> threads) {
    }
}
