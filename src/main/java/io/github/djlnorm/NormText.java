package io.github.djlnorm;

import io.github.djlnorm.internal.Refusal;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A {@link Norm} as text. */
final class NormText {

    private static final Pattern TEXT =
            Pattern.compile(
                    "([a-z-]+)(?::(\\d+))?(?::axis=(-?\\d+))?"
                            + "(?::epsilon=(-?\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?))?");

    private NormText() {}

    static String of(Norm norm) {
        StringBuilder text = new StringBuilder(norm.kind().text());
        if (norm.kind().hasNumber()) {
            text.append(':').append(norm.number());
        }
        if (norm.axis() != Norm.AXIS) {
            text.append(":axis=").append(norm.axis());
        }
        if (norm.epsilon() != Norm.EPSILON) {
            text.append(":epsilon=").append(norm.epsilon());
        }
        return text.toString();
    }

    static Norm read(String text) {
        Matcher matcher = TEXT.matcher(text == null ? "" : text);
        if (!matcher.matches()) {
            throw unknown(text);
        }
        String number = matcher.group(2);
        NormKind kind =
                Arrays.stream(NormKind.values())
                        .filter(k -> k.text().equals(matcher.group(1)))
                        .filter(k -> k.hasNumber() == (number != null))
                        .findFirst()
                        .orElseThrow(() -> unknown(text));
        try {
            return new Norm(
                    kind,
                    number == null ? 0 : Integer.parseInt(number),
                    matcher.group(3) == null ? Norm.AXIS : Integer.parseInt(matcher.group(3)),
                    matcher.group(4) == null ? Norm.EPSILON : Float.parseFloat(matcher.group(4)));
        } catch (NumberFormatException e) {
            throw unknown(text);
        }
    }

    private static IllegalArgumentException unknown(String text) {
        return Refusal.of(
                "the norm must be a known one",
                "one of " + String.join(", ", Norm.names()),
                text == null ? null : "'" + text + "'",
                "write it like group:32, with :axis=-1 or :epsilon=0.001 after it if need be"
                        + nearest(text == null ? "" : text)
                                .map(kind -> " (did you mean %s?)".formatted(kind.usage()))
                                .orElse(""));
    }

    /** The kind that is meant, if a slip or two of the keys tell it. */
    private static Optional<NormKind> nearest(String text) {
        String name = text.strip().toLowerCase(Locale.ROOT).replaceFirst(":.*", "");
        return Arrays.stream(NormKind.values())
                .filter(kind -> distance(name, kind.text()) <= Math.min(2, name.length() / 2 - 1))
                .min(Comparator.comparingInt(kind -> distance(name, kind.text())));
    }

    /** How many characters must be inserted, deleted or replaced to make one text of another. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        Arrays.setAll(row, j -> j);
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j - 1], row[j]));
            }
        }
        return row[b.length()];
    }
}
