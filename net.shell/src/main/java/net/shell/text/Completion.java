package net.shell.text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What may stand at a place of a command line: values of options after them, arguments in their order elsewhere. */
public final class Completion {
    private final Map<String, Supplier<List<String>>> options = new LinkedHashMap<>();
    private final List<Supplier<List<String>>> arguments = new ArrayList<>();

    /** An option that takes a value. */
    public Completion option(String name, Supplier<List<String>> values) {
        options.put(name, values);
        return this;
    }

    /** An option that takes one of a few typical values. */
    public Completion option(String name, String... values) {
        return option(name, () -> List.of(values));
    }

    /** The next argument. The last one may be repeated. */
    public Completion argument(Supplier<List<String>> values) {
        arguments.add(values);
        return this;
    }

    /**
     * @param words the command first
     * @param index of the word that is being typed, 1 or more
     */
    public List<String> at(List<String> words, int index) {
        int argument = 0;
        for (int i = 1; i < index; i++) {
            String word = words.get(i);
            if (options.containsKey(word)) {
                if (i + 1 == index) {
                    return options.get(word).get();
                }
                i++;
            } else if (!word.startsWith("-")) {
                argument++;
            }
        }
        return arguments.isEmpty() ? List.of() : arguments.get(Math.min(argument, arguments.size() - 1)).get();
    }

    /** The completion of the command that the words begin with, with or without its scope; nothing for one that is not there. */
    public static List<String> of(Map<String, Completion> commands, List<?> words, int index) {
        List<String> texts = words.stream().map(Object::toString).toList();
        Completion completion = texts.isEmpty() ? null : commands.get(texts.getFirst().substring(texts.getFirst().indexOf(':') + 1));
        return completion == null || index < 1 || index > texts.size() ? List.of() : completion.at(texts, index);
    }
}
