package net.linux.doctor;

import java.util.Collection;
import java.util.stream.Collectors;
import org.apache.felix.service.command.Converter;
import org.osgi.service.component.annotations.Component;

/** How the console shows findings: a line each, and a second one with what mends it. */
@Component(property = Converter.CONVERTER_CLASSES + "=net.linux.doctor.Finding")
public final class FindingFormat implements Converter {
    @Override
    public Object convert(Class<?> desired, Object in) {
        return null;
    }

    @Override
    public CharSequence format(Object target, int level, Converter escape) {
        return switch (target) {
            case Finding f -> line(f);
            case Collection<?> all when !all.isEmpty() && all.stream().allMatch(Finding.class::isInstance) ->
                all.stream().map(f -> line((Finding) f)).collect(Collectors.joining("\n"));
            case null, default -> null;
        };
    }

    private static String line(Finding f) {
        return "%-4s  %s: %s%s".formatted(f.health().name().toLowerCase(), f.what(), f.state(), f.remedy().isEmpty() ? "" : "\n      " + f.remedy());
    }
}
