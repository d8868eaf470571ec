package net.bench;

import java.util.Arrays;

/** Numbers, and what is in their order. */
public final class Samples {
    private double[] values = new double[64];
    private int count;

    public void add(double value) {
        if (count == values.length) {
            values = Arrays.copyOf(values, 2 * count);
        }
        values[count++] = value;
    }

    /** How many numbers there are. */
    public int count() {
        return count;
    }

    /** The value that the given part of the samples, 0 to 1, is below; NaN without samples. */
    public double at(double part) {
        if (count == 0) {
            return Double.NaN;
        }
        double[] sorted = Arrays.copyOf(values, count);
        Arrays.sort(sorted);
        return sorted[(int) Math.min(count - 1, Math.floor(part * count))];
    }
}
