package io.github.djlnorm.mutants;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A mistake that the tests must catch.
 *
 * @param name its name
 * @param why what is wrong
 * @param file the file that it is in, from the library's folder on
 * @param tests the unit tests that run on it, by their simple names
 * @param changes what it changes in the file
 */
record Mutant(String name, String why, String file, List<String> tests, List<Change> changes) {

    private static final Pattern SPACE = Pattern.compile("\\s+");

    /** A text that a file has once, and what it becomes. */
    record Change(String old, String made) {

        private String apply(String source, String where) {
            Matcher place = pattern().matcher(source);
            if (!place.find()) {
                throw new IllegalStateException(where + " applies no more; it has no " + old);
            }
            int start = place.start();
            int end = place.end();
            if (place.find()) {
                throw new IllegalStateException(where + " is not clear; it has two of " + old);
            }
            String line = source.substring(source.lastIndexOf('\n', start) + 1, start);
            String indent = " ".repeat(line.length() - line.stripLeading().length());
            return source.substring(0, start)
                    + made.replace("\n", "\n" + indent)
                    + source.substring(end);
        }

        private Pattern pattern() {
            List<String> words = SPACE.splitAsStream(old.strip()).map(Pattern::quote).toList();
            return Pattern.compile(String.join("\\s+", words));
        }
    }

    /** Reads the list. */
    static List<Mutant> all() throws IOException {
        try (InputStream list = Mutant.class.getResourceAsStream("mutants.txt")) {
            String text = new String(list.readAllBytes(), StandardCharsets.UTF_8);
            return Pattern.compile("\n\n# ").splitAsStream(text).skip(1).map(Mutant::of).toList();
        }
    }

    private static Mutant of(String block) {
        List<String> lines = block.lines().toList();
        String[] head = lines.get(0).split(": ", 2);
        String[] place = lines.get(1).split(" ", -1);
        List<Change> changes = new ArrayList<>();
        String text = String.join("\n", lines.subList(2, lines.size()));
        for (String change : ("\n" + text).split("\n- ?", -1)) {
            if (!change.isBlank()) {
                String[] sides = change.split("\n\\+ ?", -1);
                changes.add(new Change(sides[0], sides[1].replace("\n  ", "\n")));
            }
        }
        return new Mutant(
                head[0], head[1], place[1], List.of(place[2].split(",", -1)), List.copyOf(changes));
    }

    boolean isInC() {
        return file.startsWith("src/main/c/");
    }

    /**
     * Makes the mistake.
     *
     * @param root the folder of the project
     * @return the file's text with the mistake
     */
    String source(Path root) throws IOException {
        String source = Files.readString(root.resolve(file));
        for (Change change : changes) {
            source = change.apply(source, name + " in " + file);
        }
        return source;
    }
}
