package net.app;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import net.api.DevError;
import net.api.DevException;
import net.api.EthernetAddress;
import net.api.device.DeviceManager;
import net.app.core.App;
import net.app.core.AppOptions;
import net.app.core.Applications;
import net.app.echo.Echo;
import net.app.traffic.Forward;
import net.app.traffic.Generate;
import net.app.traffic.Sink;
import net.app.traffic.TrafficReport;
import net.shell.text.Arguments;
import net.shell.text.CommandError;
import net.shell.text.Completion;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The commands of scope net that start, list and stop applications. */
@Component(service = AppCommands.class, property = {"osgi.command.scope=net", "osgi.command.function=echo", "osgi.command.function=forward",
    "osgi.command.function=gen", "osgi.command.function=sink", "osgi.command.function=apps", "osgi.command.function=stop",
    "osgi.command.function=_complete_app"})
public final class AppCommands {
    private static final String YES = "true";
    private static final String NO = "false";
    private static final String TRIES = "100000";
    private static final String ANY = "any";
    private static final int MAX_PROCESSOR = 1023;
    private static final int MAX_SIZE = 65_535;
    private static final long MOST = 1_000_000_000_000_000L;
    /** How long a command waits for its application to run, so that it can tell. */
    private static final long START_MILLIS = 500;
    /** No card has it; forwarders and sinks take it, because they take everything. */
    private static final EthernetAddress NOBODY = EthernetAddress.parse("02:00:00:00:00:00");

    private final Applications applications;
    private final AppService service;
    private final DeviceManager devices;
    private final Map<String, Completion> completions = completions();
    private volatile boolean settled;

    @Activate
    public AppCommands(@Reference AppService service, @Reference DeviceManager devices) {
        this.service = service;
        this.applications = service.applications();
        this.devices = devices;
    }

    @Descriptor("lets a card be pinged: answers ARP, IPv6 neighbour discovery, ICMP and ICMPv6 echo for its addresses")
    public App echo(
            @Descriptor("most frames at once, 1 to 1024") @Parameter(names = "--batch", absentValue = "32") String batch,
            @Descriptor("never sleep when idle") @Parameter(names = "--busy", presentValue = YES, absentValue = NO) boolean busy,
            @Descriptor("processor that the thread is pinned to") @Parameter(names = "--processor", absentValue = ANY) String processor,
            @Descriptor("end when the card goes away") @Parameter(names = "--until-gone", presentValue = YES, absentValue = NO) boolean untilGone,
            @Descriptor("address of the card, or a unique end of it; then addresses to answer for, such as 10.0.0.2/24 fd00::2/64") String... words) {
        return CommandError.named("net:echo", () -> {
            List<String> all = Arguments.of("net:echo CARD ADDRESS[/PREFIX]...", 2, Integer.MAX_VALUE, words);
            return started(new Echo(resolve(all.getFirst()), Echo.parse(all.subList(1, all.size())), options(batch, busy, untilGone, TRIES, processor)));
        });
    }

    @Descriptor("passes every frame of one card on to another, and back")
    public App forward(
            @Descriptor("only from the first card to the second") @Parameter(names = "--one-way", presentValue = YES, absentValue = NO) boolean oneWay,
            @Descriptor("most frames at once, 1 to 1024") @Parameter(names = "--batch", absentValue = "32") String batch,
            @Descriptor("times that frames are offered to a full ring before they are dropped") @Parameter(names = "--tries", absentValue = TRIES) String tries,
            @Descriptor("never sleep when idle") @Parameter(names = "--busy", presentValue = YES, absentValue = NO) boolean busy,
            @Descriptor("processor that the thread is pinned to") @Parameter(names = "--processor", absentValue = ANY) String processor,
            @Descriptor("end when a card goes away") @Parameter(names = "--until-gone", presentValue = YES, absentValue = NO) boolean untilGone,
            @Descriptor("addresses of two cards, or unique ends of them") String... cards) {
        return CommandError.named("net:forward", () -> {
            List<String> both = Arguments.of("net:forward [--one-way] CARD CARD", 2, 2, cards);
            return started(new Forward(resolve(both.getFirst()), resolve(both.getLast()), oneWay, options(batch, busy, untilGone, tries, processor)));
        });
    }

    @Descriptor("sends numbered frames. With --count: until they are sent, and tells rate and loss; else until net:stop")
    public Object gen(
            @Descriptor("bytes of a frame, without check sequence, from 60") @Parameter(names = "--size", absentValue = "64") String size,
            @Descriptor("frames a second, such as 5000, 20k, 1.5M, or max") @Parameter(names = "--rate", absentValue = "max") String rate,
            @Descriptor("frames, such as 1000 or 10M; 0 for no end") @Parameter(names = "--count", absentValue = "0") String count,
            @Descriptor("MAC address to send to; else that of --to, or " + "02:00:00:00:00:00") @Parameter(names = "--dst", absentValue = "") String dst,
            @Descriptor("card that receives and counts") @Parameter(names = "--to", absentValue = "") String to,
            @Descriptor("most frames at once, 1 to 1024") @Parameter(names = "--batch", absentValue = "32") String batch,
            @Descriptor("never sleep when the ring is full") @Parameter(names = "--busy", presentValue = YES, absentValue = NO) boolean busy,
            @Descriptor("processor that the thread is pinned to") @Parameter(names = "--processor", absentValue = ANY) String processor,
            @Descriptor("address of the sending card, or a unique end of it") String... card) {
        return CommandError.named("net:gen", () -> {
            AppOptions options = options(batch, busy, false, TRIES, processor);
            String from = resolve(Arguments.of("net:gen [--to CARD] [--size BYTES] [--rate PPS] [--count FRAMES] [--dst MAC] CARD", 1, 1, card).getFirst());
            String sinkCard = to.isEmpty() ? "" : resolve(to);
            if (sinkCard.equals(from)) {
                throw new DevException(DevError.INVALID_PARAM, from + " does not receive what it sends: name another card behind --to");
            }
            long frames = Arguments.number("count", count, 0, MOST);
            EthernetAddress destination = !dst.isEmpty() ? EthernetAddress.parse(dst) : sinkCard.isEmpty() ? NOBODY : service.card(sinkCard).macAddress();
            Generate.Plan plan = new Generate.Plan((int) Arguments.number("size", size, 0, MAX_SIZE), rate.equals("max") ? 0
                    : Arguments.number("rate", rate, 1, MOST), frames, destination);
            plan.check(service.card(from));
            Sink sink = sinkCard.isEmpty() ? null : new Sink(sinkCard, options);
            Generate gen = new Generate(from, plan, options, sink);
            if (sink != null) {
                started(sink);
            }
            try {
                started(gen);
            } catch (RuntimeException e) {
                stopIfThere(sink);
                throw e;
            }
            if (frames == 0) {
                return sink == null ? gen : new ArrayList<>(List.of(gen, sink));
            }
            try {
                gen.join();
            } finally {
                stopIfThere(gen);
            }
            return stopped(gen);
        });
    }

    @Descriptor("receives everything on a card, and tells what was lost of a generator's frames")
    public App sink(
            @Descriptor("most frames at once, 1 to 1024") @Parameter(names = "--batch", absentValue = "32") String batch,
            @Descriptor("never sleep when idle") @Parameter(names = "--busy", presentValue = YES, absentValue = NO) boolean busy,
            @Descriptor("processor that the thread is pinned to") @Parameter(names = "--processor", absentValue = ANY) String processor,
            @Descriptor("address of the card, or a unique end of it") String... card) {
        return CommandError.named("net:sink", () -> started(new Sink(resolve(Arguments.of("net:sink CARD", 1, 1, card).getFirst()),
                options(batch, busy, false, TRIES, processor))));
    }

    @Descriptor("lists applications")
    public List<App> apps(@Descriptor("there are none") String... words) {
        return CommandError.named("net:apps", () -> {
            Arguments.of("net:apps", 0, 0, words);
            // The shell can call methods of public classes only, and unmodifiable lists have none.
            return new ArrayList<>(applications.list());
        });
    }

    @Descriptor("stops applications, and shows what they counted")
    public Object stop(@Descriptor("numbers of net:apps, or all") String... ids) {
        return CommandError.named("net:stop", () -> {
            List<String> wanted = Arguments.of("net:stop ID... or all, as net:apps shows them", 1, Integer.MAX_VALUE, ids);
            List<App> apps = wanted.equals(List.of("all")) ? applications.list() : wanted.stream().map(this::app).toList();
            List<Object> results = new ArrayList<>();
            // Generators first, so that their sinks hear the last of them.
            for (App app : apps.stream().sorted(Comparator.comparing(a -> !(a instanceof Generate))).toList()) {
                if (applications.list().contains(app)) {
                    applications.stop(app.id());
                    results.add(stopped(app));
                }
            }
            return results.size() == 1 ? results.getFirst() : results;
        });
    }

    @Descriptor("what may stand at a place of a command line; for the completion of the shell")
    public List<String> _complete_app(@Descriptor("the words") List<?> words, @Descriptor("number of the word that is typed") int index) {
        return new ArrayList<>(Completion.of(completions, words, index));
    }

    private Map<String, Completion> completions() {
        Supplier<List<String>> cards = () -> service.cards();
        Supplier<List<String>> ids = () -> applications.list().stream().map(a -> Integer.toString(a.id())).toList();
        String[] batches = {"32", "64", "256"};
        return Map.of("echo", new Completion().option("--batch", batches).argument(cards).argument(() -> List.of("10.0.0.2/24", "fd00::2/64")).repeated(),
                "forward", new Completion().option("--batch", batches).option("--tries", "100", "100000").argument(cards).argument(cards),
                "gen", new Completion().option("--batch", batches).option("--size", "60", "64", "1500").option("--rate", "1k", "100k", "max")
                        .option("--count", "1000", "1M", "10M").option("--dst", "02:00:00:00:00:00").option("--to", cards).argument(cards),
                "sink", new Completion().option("--batch", batches).argument(cards),
                "stop", new Completion().argument(ids).repeated());
    }

    /** What is left to say of an application that has ended. A generator's sink ends with it. */
    private Object stopped(App app) throws InterruptedException {
        if (!(app instanceof Generate gen)) {
            return app;
        }
        if (gen.sink() != null) {
            gen.sink().awaitQuiet(gen.sent());
            stopIfThere(gen.sink());
        }
        return gen.report();
    }

    private App started(App app) throws InterruptedException {
        applications.start(app);
        app.awaitStart(START_MILLIS);
        return app;
    }

    private void stopIfThere(App app) {
        if (app != null && applications.list().contains(app)) {
            applications.stop(app.id());
        }
    }

    private App app(String id) {
        try {
            return applications.get(Integer.parseInt(id));
        } catch (NumberFormatException e) {
            throw new DevException(DevError.INVALID_PARAM, "'" + id + "' is no number of an application: net:apps shows them", e);
        }
    }

    private String resolve(String card) {
        if (!settled) {
            // What is typed, or given on the command line, right after the start must find the cards attached: this takes its turn behind that.
            devices.rescan();
            settled = true;
        }
        // An end that is unique among attached cards counts, also if a device without driver has the same end.
        List<String> hits = service.cards().stream().filter(a -> a.endsWith(card)).toList();
        return hits.size() == 1 ? hits.getFirst() : devices.device(card).address();
    }

    private static AppOptions options(String batch, boolean busy, boolean untilGone, String tries, String processor) {
        return new AppOptions((int) Arguments.number("batch", batch, 1, AppOptions.MAX_BATCH), busy, untilGone,
                (int) Arguments.number("tries", tries, 1, Integer.MAX_VALUE), processor.equals(ANY) ? AppOptions.ANY
                : (int) Arguments.number("processor", processor, 0, MAX_PROCESSOR));
    }
}
