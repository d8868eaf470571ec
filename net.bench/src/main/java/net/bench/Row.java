package net.bench;

import java.util.Locale;

/**
 * One result.
 *
 * @param bench name of the benchmark
 * @param name what was varied
 * @param unit of the three values
 * @param p10 value that a tenth of the samples is below
 * @param p50 median
 * @param p90 value that nine tenths are below
 * @param ratio p50 as a multiple of the p50 of {@code relativeTo}, measured in the same run; NaN without one
 * @param relativeTo name of the row that the ratio compares with, "" without one
 */
public record Row(String bench, String name, String unit, double p10, double p50, double p90, double ratio, String relativeTo) {
    /** A row without a peer. */
    public static Row of(String bench, String name, String unit, Samples s) {
        return new Row(bench, name, unit, s.at(0.1), s.at(0.5), s.at(0.9), Double.NaN, "");
    }

    /** The same, compared with another row of the run. */
    public Row relativeTo(Row peer) {
        return new Row(bench, name, unit, p10, p50, p90, p50 / peer.p50, peer.name);
    }

    /** The head of the table that {@link #toString} makes lines of. */
    static String head() {
        return "%-34s %10s %10s %10s  %-14s %s".formatted("case", "p10", "p50", "p90", "unit", "ratio");
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%-34s %10.3f %10.3f %10.3f  %-14s %s", name, p10, p50, p90, unit,
                relativeTo.isEmpty() ? "" : String.format(Locale.ROOT, "%.2f of %s", ratio, relativeTo));
    }

    /** One JSON object. */
    String json() {
        String peer = relativeTo.isEmpty() ? "" : String.format(Locale.ROOT, ",\"ratio\":%.4f,\"relative_to\":\"%s\"", ratio, relativeTo);
        return String.format(Locale.ROOT, "{\"bench\":\"%s\",\"case\":\"%s\",\"unit\":\"%s\",\"p10\":%.4f,\"p50\":%.4f,\"p90\":%.4f%s}", bench, name, unit,
                p10, p50, p90, peer);
    }
}
