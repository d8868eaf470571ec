package net.bench;

import java.util.ArrayList;
import java.util.List;

/** A table that is legible in a terminal and in Markdown. */
public final class Table {
    private final String title;
    private final List<List<String>> lines = new ArrayList<>();

    /** @param title the line above it */
    public Table(String title) {
        this.title = title;
    }

    /** The first line is the head. */
    public void line(String first, List<String> rest) {
        List<String> line = new ArrayList<>(List.of(first));
        line.addAll(rest);
        lines.add(line);
    }

    /** Prints it on standard output. */
    public void print() {
        int[] widths = new int[lines.getFirst().size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        System.out.println("\n**" + title + "**\n");
        for (int l = 0; l < lines.size(); l++) {
            StringBuilder text = new StringBuilder();
            StringBuilder rule = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                text.append("| ").append(lines.get(l).get(i)).repeat(' ', widths[i] - lines.get(l).get(i).length() + 1);
                rule.append('|').repeat('-', widths[i] + 2);
            }
            System.out.println(text.append('|'));
            if (l == 0) {
                System.out.println(rule.append('|'));
            }
        }
    }
}
