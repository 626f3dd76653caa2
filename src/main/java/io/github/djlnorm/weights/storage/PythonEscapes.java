package io.github.djlnorm.weights.storage;

import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Characters that pickles of protocol 0 write as a backslash and what they are. */
public final class PythonEscapes {

    private static final Pattern UNICODE =
            Pattern.compile("\\\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))");
    private static final Pattern TEXT = Pattern.compile("\\\\(?:x([0-9a-fA-F]{2})|(.))");
    private static final Map<String, String> NAMED = Map.of("n", "\n", "r", "\r", "t", "\t");

    private PythonEscapes() {}

    /** Those of the encoding raw-unicode-escape; all other backslashes are themselves. */
    public static String ofUnicode(String line) {
        return UNICODE.matcher(line)
                .replaceAll(
                        escape ->
                                quoted(
                                        escape.group(1) == null
                                                ? codePoint(escape)
                                                : Character.toString(hex(escape.group(1)))));
    }

    /** Those of repr of a text of Python 2. */
    public static String ofText(String line) {
        return TEXT.matcher(line)
                .replaceAll(
                        escape ->
                                quoted(
                                        escape.group(1) == null
                                                ? NAMED.getOrDefault(
                                                        escape.group(2), escape.group(2))
                                                : Character.toString(hex(escape.group(1)))));
    }

    private static String codePoint(MatchResult escape) {
        int code = (int) Long.parseLong(escape.group(2), 16);
        return Character.isValidCodePoint(code) ? Character.toString(code) : escape.group();
    }

    private static int hex(String digits) {
        return Integer.parseInt(digits, 16);
    }

    private static String quoted(String replacement) {
        return Matcher.quoteReplacement(replacement);
    }
}
