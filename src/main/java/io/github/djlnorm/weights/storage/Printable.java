package io.github.djlnorm.weights.storage;

/** Names out of untrusted files, as messages show them. */
public final class Printable {

    private static final int MAX_LENGTH = 100;

    private Printable() {}

    /**
     * Cuts a name to what a message can show.
     *
     * @param name any text
     * @return one line of printable characters, not too long
     */
    public static String of(String name) {
        String start = name.substring(0, Math.min(name.length(), MAX_LENGTH));
        String line = start.replaceAll("[\\p{Cntrl}\\p{Cf}\\p{Zl}\\p{Zp}]", "?");
        return name.length() <= MAX_LENGTH ? line : line + "...";
    }

    /**
     * The same in quotes.
     *
     * @param name any text
     * @return {@link #of} in single quotes
     */
    public static String quoted(String name) {
        return "'" + of(name) + "'";
    }
}
