package net.shell;

import java.util.Collection;
import java.util.List;
import net.api.NetCounter;
import net.api.NetStatistics;
import net.shell.text.Screen;
import net.shell.text.Table;
import net.shell.text.Units;
import org.apache.felix.service.command.Converter;
import org.osgi.service.component.annotations.Component;

/** How the console shows what the commands return: lists as tables, single ones in detail, in a line where they are part of something. */
@Component(property = {Converter.CONVERTER_CLASSES + "=net.shell.DeviceRow", Converter.CONVERTER_CLASSES + "=net.shell.DriverRow",
    Converter.CONVERTER_CLASSES + "=net.shell.PoolRow", Converter.CONVERTER_CLASSES + "=net.shell.StatsRow"})
public final class ShellFormat implements Converter {
    private static final int SHOWN_IDS = 2;
    private static final int NOTE = 48;

    @Override
    public Object convert(Class<?> desired, Object in) {
        return null;
    }

    @Override
    public CharSequence format(Object target, int level, Converter escape) {
        return switch (target) {
            case Collection<?> rows when level == INSPECT && !rows.isEmpty() -> table(List.copyOf(rows), Screen.columns(escape));
            case DeviceRow d -> level == INSPECT ? device(d) : level == LINE ? line(d) : d.address();
            case DriverRow d -> level == PART ? d.name() : d.name() + " (" + d.bundle() + " " + d.version() + ")";
            case PoolRow p -> level == PART ? p.name() : p.name() + " of " + p.host() + ": " + p.free() + " of " + p.capacity() + " free";
            case StatsRow s -> level == INSPECT ? stats(s) : level == LINE ? line(s) : s.address();
            case RegisterRow r -> r.name() + " " + r.value();
            case null, default -> null;
        };
    }

    private static String table(List<?> rows, int columns) {
        Class<?> type = rows.getFirst().getClass();
        if (!rows.stream().allMatch(type::isInstance)) {
            return null;
        }
        Table table;
        if (type == DeviceRow.class) {
            table = new Table("ADDRESS", "ID", "CLASS", "DRIVER", "STATE", "LINK", "MAC", "NOTE");
        } else if (type == DriverRow.class) {
            table = new Table("DRIVER", "BUNDLE", "VERSION", "MATCHES", "DRIVES");
        } else if (type == PoolRow.class) {
            table = new Table("POOL", "HOST", ">BUFFERS", ">SIZE", ">FREE", ">CACHED", ">IN USE", ">FAILURES", ">MISUSE", "SET", "GROWN", ">CLONES", ">NODE");
        } else if (type == StatsRow.class) {
            table = new Table("CARD", "LINK", ">RX", ">", ">TX", ">", ">RX FRAMES", ">TX FRAMES", ">MISSED", ">ERRORS", ">BUSY");
        } else if (type == RegisterRow.class) {
            table = new Table("OFFSET", "REGISTER", "VALUE", "MEANING");
        } else {
            return null;
        }
        rows.forEach(row -> add(table, row));
        return table.toString(columns);
    }

    private static void add(Table table, Object row) {
        switch (row) {
            case DeviceRow d -> table.row(d.address(), d.ids(), d.type(), d.driver(), d.state(), d.link(), d.mac(), note(d));
            case DriverRow d -> table.row(d.name(), d.bundle(), d.version(), matches(d.ids()), String.join(" ", d.devices()));
            case PoolRow p -> table.row(p.name(), p.host(), Units.count(p.capacity()), Units.bytes(p.size()), Units.count(p.free()), Units.count(p.cached()),
                    Units.count(p.inUse()), zeroIsEmpty(p.failures()), zeroIsEmpty(p.misuse()), p.set(), p.grown(), zeroIsEmpty(p.clones()), p.node());
            case StatsRow s -> table.row(s.address(), s.link(), Units.packets(s.rxRate()), Units.bits(s.rxBits()), Units.packets(s.txRate()),
                    Units.bits(s.txBits()), Units.count(s.now().ipackets()), Units.count(s.now().opackets()),
                    zeroIsEmpty(s.now().imissed()), zeroIsEmpty(s.now().ierrors() + s.now().oerrors()), s.busy());
            case RegisterRow r -> table.row(r.offset(), r.name(), r.value(), r.meaning());
            default -> throw new IllegalArgumentException(row.getClass().getName());
        }
    }

    /** A driver may match more than a line holds. */
    private static String matches(List<String> ids) {
        return ids.size() <= SHOWN_IDS + 1 ? String.join(" ", ids)
                : String.join(" ", ids.subList(0, SHOWN_IDS)) + " and " + (ids.size() - SHOWN_IDS) + " more";
    }

    /** Short enough for a table; {@code net:devices ADDRESS} has it in full. What the kernel has there says most about a device that is only listed. */
    private static String note(DeviceRow d) {
        String note = d.state().equals("listed") && !d.kernel().isEmpty() ? "kernel: " + d.kernel() : d.reason();
        return note.length() <= NOTE ? note : note.substring(0, NOTE - 3) + "...";
    }

    private static String device(DeviceRow d) {
        StringBuilder text = new StringBuilder();
        field(text, "address", d.address());
        field(text, "ids", d.ids());
        field(text, "class", d.type());
        field(text, "product", d.product());
        field(text, "driver", d.driver().isEmpty() ? "" : d.driver() + " " + d.driverVersion());
        field(text, "state", d.state());
        field(text, "because", d.reason());
        field(text, "link", d.link());
        field(text, "mac", d.mac());
        field(text, "kernel", d.kernel());
        field(text, "buffers", d.buffers() == 0 ? "" : Units.count(d.buffers()) + " in flight");
        return text.toString();
    }

    private static String line(DeviceRow d) {
        return d.address() + " " + d.ids() + " " + d.state() + (d.driver().isEmpty() ? "" : " " + d.driver()) + (d.reason().isEmpty() ? "" : ": " + d.reason());
    }

    private static String line(StatsRow s) {
        return s.address() + " rx " + Units.packets(s.rxRate()) + " " + Units.bits(s.rxBits()) + ", tx " + Units.packets(s.txRate()) + " "
                + Units.bits(s.txBits());
    }

    private static String stats(StatsRow s) {
        NetStatistics n = s.now();
        Table table = new Table("", ">RECEIVED", ">SENT");
        table.row("rate", Units.packets(s.rxRate()), Units.packets(s.txRate()));
        table.row("", Units.bits(s.rxBits()), Units.bits(s.txBits()));
        table.row("frames", Units.count(n.ipackets()), Units.count(n.opackets()));
        table.row("bytes", Units.count(n.ibytes()), Units.count(n.obytes()));
        table.row("errors", Units.count(n.ierrors()), Units.count(n.oerrors()));
        table.row("missed", Units.count(n.imissed()), null);
        table.row("no buffer", Units.count(n.rxNoBuf()), null);
        StringBuilder text = new StringBuilder(s.address()).append(", link ").append(s.link()).append('\n').append(table);
        s.threads().forEach(t -> text.append('\n').append(t));
        List<NetCounter> more = n.extended().stream().filter(c -> c.value() != 0).toList();
        if (!more.isEmpty()) {
            Table extended = new Table("COUNTER", ">VALUE", "UNIT");
            more.forEach(c -> extended.row(c.name(), Units.count(c.value()), c.unit()));
            text.append("\n\n").append(extended);
        }
        return text.toString();
    }

    private static void field(StringBuilder text, String name, String value) {
        if (!value.isEmpty()) {
            text.append(text.isEmpty() ? "" : "\n").append("%-8s  %s".formatted(name, value));
        }
    }

    private static String zeroIsEmpty(long n) {
        return n == 0 ? "" : Units.count(n);
    }
}
