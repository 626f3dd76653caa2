package io.github.djlnorm.benchmark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Round after round, all contestants at one work on one input, one right after the other. Who
 * begins changes with the round, since a machine may slow down while it works.
 */
final class Tournament {

    private final Meter meter;
    private final Consumer<String> progress;

    Tournament(Meter meter, Consumer<String> progress) {
        this.meter = meter;
        this.progress = progress;
    }

    List<Result> run(List<Row> rows, int rounds) throws IOException {
        Collection<Set<Trial>> heats = heats(rows);
        Map<Trial, List<Measurement>> measured = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            int number = 0;
            for (Set<Trial> heat : heats) {
                List<Trial> order = new ArrayList<>(heat);
                Collections.rotate(order, -round);
                for (Trial trial : order) {
                    measured.computeIfAbsent(trial, t -> new ArrayList<>())
                            .add(meter.measure(trial));
                }
                progress.accept(line(round, rounds, ++number, heats.size(), heat, measured));
            }
        }
        return rows.stream()
                .map(row -> new Result(row, measured.get(row.ours()), measured.get(row.other())))
                .toList();
    }

    /** All contestants at the same work on the same input, each of them once. */
    private static Collection<Set<Trial>> heats(List<Row> rows) {
        Map<List<?>, Set<Trial>> heats = new LinkedHashMap<>();
        for (Row row : rows) {
            Trial ours = row.ours();
            List<?> input = List.of(ours.work(), ours.input());
            Set<Trial> heat = heats.computeIfAbsent(input, i -> new LinkedHashSet<>());
            heat.add(ours);
            heat.add(row.other());
        }
        return heats.values();
    }

    private static String line(
            int round,
            int rounds,
            int number,
            int heats,
            Set<Trial> heat,
            Map<Trial, List<Measurement>> measured) {
        Trial first = heat.iterator().next();
        StringBuilder line =
                new StringBuilder(
                        "round %d of %d, %d of %d: %s of %s, %s:"
                                .formatted(
                                        round + 1,
                                        rounds,
                                        number,
                                        heats,
                                        first.work().label(),
                                        first.input(),
                                        first.work().unit()));
        for (Trial trial : heat) {
            line.append(' ').append(trial.contestant().label()).append(' ');
            line.append(
                    ResultTable.figure(
                            trial.work().inUnit(measured.get(trial).get(round).value())));
        }
        return line.toString();
    }
}
