package io.github.djlnorm.weights;

/** Names out of untrusted files, as messages show them. */
final class Printable {

    private static final int MAX_LENGTH = 100;

    private Printable() {}

    /** One line of printable characters, not too long. */
    static String of(String name) {
        String line = name.replaceAll("[\\p{Cntrl}\\p{Cf}\\p{Zl}\\p{Zp}]", "?");
        return line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH) + "...";
    }

    static String quoted(String name) {
        return "'" + of(name) + "'";
    }
}
