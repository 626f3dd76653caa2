package io.github.djlnorm.weights.format;

import io.github.djlnorm.weights.format.PickleReader.Name;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The identifiers of storages as pickles of protocol 0 have them: Python's text of the tuple that
 * other protocols have.
 */
final class TextIdentifier {

    private static final Pattern STORAGE =
            Pattern.compile(
                    "\\('storage', <class '([\\w.]+)'>, '([^']*)', '[^']*', (\\d{1,18})L?"
                            + "(?:, (?:None|\\('([^']*)', (\\d{1,18})L?, (\\d{1,18})L?\\)))?\\)");

    private TextIdentifier() {}

    /** The identifier as a tuple; empty if it is none of a storage. */
    static List<?> parse(String text) {
        Matcher storage = STORAGE.matcher(text);
        if (!storage.matches()) {
            return List.of();
        }
        List<?> part =
                storage.group(4) == null
                        ? List.of()
                        : List.of(
                                storage.group(4),
                                Long.valueOf(storage.group(5)),
                                Long.valueOf(storage.group(6)));
        List<?> whole =
                List.of(
                        "storage",
                        new Name(storage.group(1)),
                        storage.group(2),
                        "",
                        Long.valueOf(storage.group(3)));
        return part.isEmpty()
                ? whole
                : List.of(whole.get(0), whole.get(1), whole.get(2), "", whole.get(4), part);
    }
}
