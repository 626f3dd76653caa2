package io.github.djlnorm.samples.cli;

import java.util.Collection;
import java.util.Comparator;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What a user may have meant. picocli suggests too, but options only where the first two letters
 * are right, commands however far they are, and no values.
 */
public final class Suggestion {

    private static final char NUMBER = ':';

    private Suggestion() {}

    /** A question that follows the message about an unknown command or option, or nothing. */
    public static String of(UnmatchedArgumentException problem) {
        CommandSpec command = problem.getCommandLine().getCommandSpec();
        String unknown = problem.getUnmatched().get(0);
        return unknown.startsWith("-")
                ? of(unknown.replaceFirst("=.*", ""), command.optionsMap().keySet())
                : of(unknown, command.subcommands().keySet());
    }

    /**
     * A question that follows the message about an unknown value, or nothing if nothing is near.
     *
     * @param choices what there is, in which a colon and N stand for a number
     */
    public static String of(String unknown, Collection<String> choices) {
        String name = name(unknown);
        if (choices.stream().anyMatch(choice -> name(choice).equals(name))) {
            return "";
        }
        return choices.stream()
                .filter(choice -> isNear(name, name(choice)))
                .min(Comparator.comparingInt(choice -> distance(name, name(choice))))
                .map(choice -> "; did you mean " + withNumber(choice, unknown) + "?")
                .orElse("");
    }

    private static boolean isNear(String unknown, String choice) {
        return distance(unknown, choice) <= Math.max(1, unknown.length() / 3)
                // As batchnorm for batch, or lighting for lighting-study.
                || (choice.length() > 2 && unknown.startsWith(choice))
                || (unknown.length() > 2 && choice.startsWith(unknown));
    }

    private static String withNumber(String choice, String unknown) {
        boolean both = choice.indexOf(NUMBER) >= 0 && unknown.indexOf(NUMBER) >= 0;
        return both ? name(choice) + unknown.substring(unknown.indexOf(NUMBER)) : choice;
    }

    private static String name(String value) {
        return value.indexOf(NUMBER) < 0 ? value : value.substring(0, value.indexOf(NUMBER));
    }

    /** How many letters are to insert, remove, replace or swap with their neighbor. */
    static int distance(String from, String to) {
        int[][] distances = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                distances[i][j] = i == 0 || j == 0 ? i + j : distance(from, i, to, j, distances);
            }
        }
        return distances[from.length()][to.length()];
    }

    private static int distance(String from, int i, String to, int j, int[][] distances) {
        int replaced = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
        int least =
                Math.min(
                        distances[i - 1][j - 1] + replaced,
                        1 + Math.min(distances[i - 1][j], distances[i][j - 1]));
        boolean swapped =
                i > 1
                        && j > 1
                        && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1);
        return swapped ? Math.min(least, distances[i - 2][j - 2] + 1) : least;
    }
}
