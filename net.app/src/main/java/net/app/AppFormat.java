package net.app;

import java.util.Collection;
import java.util.List;
import net.api.NetCounter;
import net.app.core.App;
import net.app.core.AppState;
import net.app.traffic.TrafficReport;
import net.shell.text.Screen;
import net.shell.text.Table;
import net.shell.text.Units;
import org.apache.felix.service.command.Converter;
import org.osgi.service.component.annotations.Component;

/** How the console shows applications and reports. */
@Component(property = {Converter.CONVERTER_CLASSES + "=net.app.core.App", Converter.CONVERTER_CLASSES + "=net.app.traffic.TrafficReport"})
public final class AppFormat implements Converter {
    @Override
    public Object convert(Class<?> desired, Object in) {
        return null;
    }

    @Override
    public CharSequence format(Object target, int level, Converter escape) {
        return switch (target) {
            case App app -> level == INSPECT ? details(app) : level == LINE ? line(app) : Integer.toString(app.id());
            case Collection<?> all when !all.isEmpty() && level == INSPECT && all.stream()
                    .allMatch(App.class::isInstance) -> table(all, Screen.columns(escape));
            case TrafficReport report -> report.toString();
            case null, default -> null;
        };
    }

    /** {@code application 1: echo on sim/0000:00:01.0, 10.0.0.2/24: running}. */
    static String line(App app) {
        String arguments = app.arguments().isEmpty() ? "" : ", " + app.arguments();
        String reason = app.reason().isEmpty() ? "" : ": " + app.reason();
        return "application " + app.id() + ": " + app.kind() + " on " + String.join(" and ", app.devices()) + arguments + ": "
                + app.state().name().toLowerCase() + reason;
    }

    private static String details(App app) {
        StringBuilder text = new StringBuilder(line(app));
        List<NetCounter> counted = app.counters().stream().filter(c -> c.value() != 0).toList();
        if (!counted.isEmpty()) {
            int width = counted.stream().mapToInt(c -> Units.count(c.value()).length()).max().getAsInt();
            counted.forEach(c -> text.append("\n  ").append(("%" + width + "s").formatted(Units.count(c.value()))).append("  ")
                    .append(c.name().replace('_', ' ')));
        }
        return text.toString();
    }

    private static String table(Collection<?> apps, int columns) {
        Table table = new Table(">ID", "APP", "CARDS", "STATE", ">RECEIVED", ">SENT", ">DROPPED", ">LOST", "ARGUMENTS");
        for (Object o : apps) {
            App app = (App) o;
            String state = app.state().name().toLowerCase();
            table.row(app.id(), app.kind(), String.join(" ", app.devices()), app.reason().isEmpty() ? state : state + ": " + app.reason(),
                    sum(app, "received"), sum(app, "sent"), sum(app, "dropped_"), sum(app, "lost"), app.state() == AppState.FAILED ? "" : app.arguments());
        }
        return table.toString(columns);
    }

    /** The sum of the counters of that name or prefix, both directions; null if there are none. */
    private static String sum(App app, String name) {
        List<NetCounter> hits = app.counters().stream().filter(c -> {
            String n = c.name().startsWith("back_") ? c.name().substring(5) : c.name();
            return name.endsWith("_") ? n.startsWith(name) : n.equals(name);
        }).toList();
        return hits.isEmpty() ? null : Units.count(hits.stream().mapToLong(NetCounter::value).sum());
    }
}
