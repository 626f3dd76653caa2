package io.github.djlnorm.advice;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What an {@link Advisor} found: an unmodifiable list, in the order of the model, whose text begins
 * with how often each rule was broken and then tells why, what to write instead, and where.
 */
public final class Advice extends AbstractList<Finding> {

    private static final int MOST_PATHS = 3;

    private final List<Finding> findings;

    Advice(List<Finding> findings) {
        this.findings = List.copyOf(findings);
    }

    @Override
    public Finding get(int index) {
        return findings.get(index);
    }

    @Override
    public int size() {
        return findings.size();
    }

    /**
     * Sums up: a line for each rule, and after these the reasons of each, with a few of the places.
     *
     * @return several lines, or "nothing found"
     */
    @Override
    public String toString() {
        if (isEmpty()) {
            return "nothing found";
        }
        List<String> lines = new ArrayList<>();
        Map<Rule, List<Finding>> byRule = by(Finding::rule, findings);
        byRule.forEach((rule, some) -> lines.add(rule.text() + " at " + places(some.size())));
        byRule.forEach((rule, some) -> lines.addAll(details(rule, some)));
        return String.join(System.lineSeparator(), lines);
    }

    private static List<String> details(Rule rule, List<Finding> findings) {
        List<String> lines = new ArrayList<>(List.of("", rule.text() + ": " + rule.source()));
        by(f -> f.reason() + "; " + f.suggestion(), findings)
                .forEach(
                        (reason, some) -> {
                            lines.add("  " + reason);
                            lines.add("    " + paths(some));
                        });
        return lines;
    }

    private static String paths(List<Finding> findings) {
        int rest = findings.size() - MOST_PATHS;
        return findings.stream()
                        .limit(MOST_PATHS)
                        .map(Finding::path)
                        .collect(Collectors.joining(", "))
                + (rest > 0 ? " and %d more".formatted(rest) : "");
    }

    private static String places(int count) {
        return count + (count == 1 ? " place" : " places");
    }

    private static <K> Map<K, List<Finding>> by(Function<Finding, K> key, List<Finding> findings) {
        return findings.stream()
                .collect(Collectors.groupingBy(key, LinkedHashMap::new, Collectors.toList()));
    }
}
