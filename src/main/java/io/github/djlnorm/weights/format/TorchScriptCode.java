package io.github.djlnorm.weights.format;

import io.github.djlnorm.weights.storage.ZipDirectory.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which attributes of TorchScript's classes are parameters and buffers: two lists at the start of
 * each class in an archive's code. Nothing else of the code is looked at.
 */
final class TorchScriptCode {

    private static final String FOLDER = "/code/";
    private static final String SUFFIX = ".py";
    private static final int MAX_BYTES = 1 << 22;
    private static final Pattern CLASS =
            Pattern.compile(
                    "^class (\\w+)\\(Module\\):\\s+__parameters__ = \\[([^\\]]*)\\]\\s+"
                            + "__buffers__ = \\[([^\\]]*)\\]",
                    Pattern.MULTILINE);
    private static final Pattern NAME = Pattern.compile("\"([^\"]*)\"");

    private TorchScriptCode() {}

    /** The names of the tensors of each class, by its qualified name. */
    static Map<String, Set<String>> tensors(Map<String, Entry> entries, String folder)
            throws IOException {
        Map<String, Set<String>> tensors = new HashMap<>();
        String code = folder + FOLDER;
        int left = MAX_BYTES;
        for (Map.Entry<String, Entry> entry : entries.entrySet()) {
            String file = entry.getKey();
            if (file.startsWith(code) && file.endsWith(SUFFIX)) {
                String module =
                        file.substring(code.length(), file.length() - SUFFIX.length())
                                .replace('/', '.');
                String text =
                        StandardCharsets.UTF_8
                                .decode(entry.getValue().bytes().readAll(left, "the code"))
                                .toString();
                left -= (int) entry.getValue().bytes().size();
                add(module, text, tensors);
            }
        }
        return tensors;
    }

    private static void add(String module, String text, Map<String, Set<String>> tensors) {
        Matcher classes = CLASS.matcher(text);
        while (classes.find()) {
            Set<String> names = new HashSet<>();
            for (int list = 2; list <= 3; list++) {
                NAME.matcher(classes.group(list))
                        .results()
                        .forEach(name -> names.add(name.group(1)));
            }
            tensors.put(module + "." + classes.group(1), names);
        }
    }
}
