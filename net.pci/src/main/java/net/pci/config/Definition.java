package net.pci.config;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a bundle says of the configurations of a PID.
 *
 * @param pid PID or factory PID
 * @param attributes what it reads, by key
 * @param judged the component looks at values itself, and says what it makes of wrong ones
 */
record Definition(String pid, Map<String, Attribute> attributes, boolean judged) {
    /** What Config Admin, Declarative Services, File Install and consoles add. */
    private static final List<String> FOREIGN = List.of("service.", "component.", "felix.", "org.apache.felix.", "osgi.", "webconsole.", ".");
    /** References of a component are configured beside its attributes. OSGi Compendium 8, 112.6.2. */
    private static final List<String> REFERENCES = List.of(".target", ".cardinality.minimum");
    private static final int SUGGESTED = 3;

    /** What is wrong with a key and its value, such as "mtu = '5' is not a whole number from 68 to 9216"; empty if nothing. */
    Optional<String> problem(String key, Object value) {
        Attribute attribute = attributes.get(key);
        if (attribute != null) {
            return judged ? Optional.empty() : attribute.problem(value).map(p -> key + " = " + p);
        }
        if (FOREIGN.stream().anyMatch(key::startsWith) || REFERENCES.stream().anyMatch(key::endsWith)) {
            return Optional.empty();
        }
        return Optional.of("%s = %s is ignored, as there is no such key; %s".formatted(key, Attribute.shown(value), instead(key)));
    }

    private String instead(String key) {
        int far = Math.min(key.length() - 1, Math.max(2, key.length() / 3)); // not every letter may be another
        String near = attributes.keySet().stream().filter(k -> distance(k, key) <= far)
                .sorted(Comparator.comparingInt((String k) -> distance(k, key)).thenComparing(Comparator.naturalOrder())).limit(SUGGESTED)
                .collect(Collectors.joining(" or "));
        return near.isEmpty() ? "there are " + attributes.keySet().stream().sorted().collect(Collectors.joining(", ")) : "did you mean " + near + "?";
    }

    /** How many letters have to be put in, left out, or replaced to make one word of the other (Levenshtein), whatever their case. */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        Arrays.setAll(row, i -> i);
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                boolean same = Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1));
                int replaced = diagonal + (same ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
