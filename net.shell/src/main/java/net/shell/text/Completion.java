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
    private boolean repeats;

    /** An option that takes a value. */
    public Completion option(String name, Supplier<List<String>> values) {
        options.put(name, values);
        return this;
    }

    /** An option that takes one of a few typical values. */
    public Completion option(String name, String... values) {
        return option(name, () -> List.of(values));
    }

    /** The next argument. */
    public Completion argument(Supplier<List<String>> values) {
        arguments.add(values);
        return this;
    }

    /** The last argument may be repeated. */
    public Completion repeated() {
        repeats = true;
        return this;
    }

    /**
     * The words that may stand there; behind the last argument these are the options.
     *
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
        if (argument < arguments.size()) {
            return arguments.get(argument).get();
        }
        return repeats ? arguments.getLast().get() : options.keySet().stream().filter(o -> !words.contains(o)).toList();
    }

    /** The completion of the command that the words begin with, with or without its scope; nothing for one that is not there. */
    public static List<String> of(Map<String, Completion> commands, List<?> words, int index) {
        List<String> texts = words.stream().map(Object::toString).toList();
        Completion completion = texts.isEmpty() ? null : commands.get(texts.getFirst().substring(texts.getFirst().indexOf(':') + 1));
        return completion == null || index < 1 || index > texts.size() ? List.of() : completion.at(texts, index);
    }
}
