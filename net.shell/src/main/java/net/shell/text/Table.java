package net.shell.text;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Lines of text in columns: as wide as their widest cell, two spaces between, no lines drawn, empty columns left out. */
public final class Table {
    private static final String ELLIPSIS = "...";

    private final String[] heads;
    private final boolean[] right;
    private final List<String[]> rows = new ArrayList<>();

    /** @param heads one a column, in capitals; a {@code >} in front sets the column flush right */
    public Table(String... heads) {
        this.heads = heads.clone();
        this.right = new boolean[heads.length];
        for (int i = 0; i < heads.length; i++) {
            right[i] = heads[i].startsWith(">");
            this.heads[i] = right[i] ? heads[i].substring(1) : heads[i];
        }
    }

    /** Adds a line: one value a column, null for an empty cell. */
    public Table row(Object... cells) {
        if (cells.length != heads.length) {
            throw new IllegalArgumentException(cells.length + " cells for " + heads.length + " columns");
        }
        String[] row = new String[cells.length];
        for (int i = 0; i < row.length; i++) {
            row[i] = cells[i] == null ? "" : cells[i].toString();
        }
        rows.add(row);
        return this;
    }

    /** Head and lines, no line break at the end, no spaces at the ends of lines. */
    @Override
    public String toString() {
        return toString(0);
    }

    /** @param most characters of a line; what is longer ends in three dots; 0 for no limit */
    public String toString(int most) {
        return most <= ELLIPSIS.length() ? text() : text().lines().map(l -> l.length() <= most ? l : l.substring(0, most - ELLIPSIS.length()) + ELLIPSIS)
                .collect(Collectors.joining("\n"));
    }

    private String text() {
        int[] width = new int[heads.length];
        for (int i = 0; i < width.length; i++) {
            for (String[] row : rows) {
                width[i] = Math.max(width[i], row[i].length());
            }
            width[i] = width[i] == 0 ? 0 : Math.max(width[i], heads[i].length());
        }
        StringBuilder text = new StringBuilder();
        line(text, heads, width);
        for (String[] row : rows) {
            text.append('\n');
            line(text, row, width);
        }
        return text.toString();
    }

    private void line(StringBuilder text, String[] cells, int[] width) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.length; i++) {
            if (width[i] > 0) {
                if (!line.isEmpty()) {
                    line.append("  ");
                }
                String pad = " ".repeat(width[i] - cells[i].length());
                line.append(right[i] ? pad + cells[i] : cells[i] + pad);
            }
        }
        text.append(line.toString().stripTrailing());
    }
}
