package io.github.djlnorm.benchmark;

import ai.djl.ndarray.NDList;
import io.github.djlnorm.parity.python.PyTorchSearch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which meter measures what, and what cannot be measured here. */
final class Meters implements Meter {

    private final ChildJvm jvm;
    private final Optional<PythonNets> python;
    private final String noPython;
    private final Set<Path> exported = new HashSet<>();

    Meters(ChildJvm jvm, PyTorchSearch search) {
        this.jvm = jvm;
        python = search.torch().map(torch -> new PythonNets(torch, jvm.threads()));
        noPython = search.missing();
    }

    /** Why a comparison is not possible here, if so. */
    Optional<String> missing(Row row) {
        return missing(row.ours()).or(() -> missing(row.other()));
    }

    /** What is not possible here, with the reason. */
    List<String> leftOut(List<Row> rows) {
        Map<String, Set<String>> byReason = new LinkedHashMap<>();
        for (Row row : rows) {
            missing(row)
                    .ifPresent(
                            reason ->
                                    byReason.computeIfAbsent(reason, r -> new LinkedHashSet<>())
                                            .add(row.comparison().label()));
        }
        return byReason.entrySet().stream()
                .map(e -> "left out, since " + e.getKey() + ": " + String.join(", ", e.getValue()))
                .toList();
    }

    private Optional<String> missing(Trial trial) {
        if (trial.work() == Work.MEMORY && PeakMemory.missing().isPresent()) {
            return PeakMemory.missing();
        }
        return switch (trial.contestant().family()) {
            case OURS, KEEPING_MEMORY, DJL -> Optional.empty();
            case BASELINE ->
                    jvm.baseline().isPresent()
                            ? Optional.empty()
                            : Optional.of("--baseline tells no other classes of the library");
            case LIBTORCH -> DirectCall.missing();
            case PYTHON -> missingPython();
            case ONNX -> OnnxRuntime.missing().or(this::missingPython);
        };
    }

    private Optional<String> missingPython() {
        return python.isPresent() ? Optional.empty() : Optional.of(noPython);
    }

    @Override
    public Measurement measure(Trial trial) throws IOException {
        if (trial.contestant().family() == Family.PYTHON) {
            return python.orElseThrow().measure(trial);
        } else if (trial.contestant().family() == Family.ONNX) {
            export(trial);
        } else if (trial.work() == Work.MEMORY) {
            return jvm.measure(PeakMemory.class, trial);
        }
        return jvm.measure(Timing.class, trial);
    }

    private void export(Trial trial) throws IOException {
        Path file = OnnxFiles.file(jvm.onnx(), trial);
        if (exported.add(file)) {
            Files.createDirectories(jvm.onnx());
            python.orElseThrow().export(trial, new NDList(), file);
        }
    }
}
