package net.shell.text;

import java.util.Locale;

/** Numbers for people: three significant digits and a prefix for rates, every digit for counts. */
public final class Units {
    private static final String[] PREFIX = {"", "k", "M", "G", "T"};
    /** Bits that a frame costs on the wire beyond its bytes: preamble, delimiter, frame check sequence and gap, 24 bytes. IEEE 802.3-2018, 4.4.2. */
    private static final int WIRE_OVERHEAD = 24;

    private Units() {
    }

    /** {@code 14.9 Mpps}. */
    public static String packets(double perSecond) {
        return scaled(perSecond, "pps");
    }

    /** {@code 9.52 Gb/s}. */
    public static String bits(double perSecond) {
        return scaled(perSecond, "b/s");
    }

    /** Bits a second that so many frames and bytes a second take on an Ethernet, with preamble, check sequence and gap. */
    public static double wireBits(double frames, double bytes) {
        return 8 * (bytes + WIRE_OVERHEAD * frames);
    }

    /** {@code 12,345,678}. */
    public static String count(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    /** {@code 4 KiB}, {@code 32 MiB}; whole numbers where they are exact, else one decimal. */
    public static String bytes(long n) {
        String[] unit = {"B", "KiB", "MiB", "GiB", "TiB"};
        int i = 0;
        double v = n;
        while (v >= 1024 && i < unit.length - 1) {
            v /= 1024;
            i++;
        }
        return String.format(Locale.ROOT, v == Math.rint(v) ? "%.0f %s" : "%.1f %s", v, unit[i]);
    }

    /** {@code 850 ms}, {@code 12.3 s}, {@code 4 min 10 s}, {@code 3 h 05 min}. */
    public static String duration(double seconds) {
        if (seconds < 1) {
            return String.format(Locale.ROOT, "%.0f ms", seconds * 1e3);
        }
        long s = Math.round(seconds);
        if (s < 60) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        return s < 3600 ? String.format(Locale.ROOT, "%d min %02d s", s / 60, s % 60) : String.format(Locale.ROOT, "%d h %02d min", s / 3600, s / 60 % 60);
    }

    private static String scaled(double v, String unit) {
        int i = 0;
        double r = v;
        while (r >= 999.5 && i < PREFIX.length - 1) {
            r /= 1000;
            i++;
        }
        String format = r == 0 ? "%.0f %s%s" : r < 9.995 && (i > 0 || r != Math.rint(r)) ? "%.2f %s%s" : r < 99.95 && i > 0 ? "%.1f %s%s" : "%.0f %s%s";
        return String.format(Locale.ROOT, format, r, PREFIX[i], unit);
    }
}
