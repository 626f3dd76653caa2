package io.github.djlnorm.benchmark;

import io.github.djlnorm.parity.PyTorchSearch;
import java.io.IOException;
import java.io.PrintStream;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which meter measures what, and what cannot be measured here. */
final class Meters implements Meter {

    private final int threads;
    private final Meter jmh;
    private final Optional<Meter> python;
    private final String noPython;

    Meters(int threads, Size size, PrintStream log, PyTorchSearch search) {
        this.threads = threads;
        jmh = new JmhMeter(threads, size, log);
        python = search.torch().map(torch -> new PythonMeter(torch, threads, size));
        noPython = search.missing();
    }

    /** Why a comparison is not possible here, if so. */
    Optional<String> missing(Row row) {
        return missing(row.ours()).or(() -> missing(row.other()));
    }

    /** What is not possible here, with the reason. */
    Set<String> leftOut(List<Row> rows) {
        Set<String> notes = new LinkedHashSet<>();
        for (Row row : rows) {
            missing(row)
                    .map(reason -> "left out: " + row.comparison().label() + ", since " + reason)
                    .ifPresent(notes::add);
        }
        return notes;
    }

    private Optional<String> missing(Trial trial) {
        if (trial.work() == Work.MEMORY && PeakMemory.missing().isPresent()) {
            return PeakMemory.missing();
        } else if (trial.contestant().isDirect()) {
            return DirectCall.missing();
        } else if (trial.contestant().isPython() && python.isEmpty()) {
            return Optional.of(noPython);
        }
        return Optional.empty();
    }

    @Override
    public double measure(Trial trial) throws IOException {
        if (trial.contestant().isPython()) {
            return python.orElseThrow().measure(trial);
        } else if (trial.work() == Work.MEMORY) {
            return Double.parseDouble(ChildJvm.run(threads, PeakMemory.class, trial).strip());
        }
        return jmh.measure(trial);
    }
}
