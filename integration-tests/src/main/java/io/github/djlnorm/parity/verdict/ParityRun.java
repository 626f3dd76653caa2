package io.github.djlnorm.parity.verdict;

import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.implementations.BlockRunner;
import io.github.djlnorm.parity.implementations.Implementation;
import io.github.djlnorm.parity.implementations.LibtorchOperators;
import io.github.djlnorm.parity.implementations.Outcome;
import io.github.djlnorm.parity.implementations.TorchModules;
import io.github.djlnorm.parity.python.PyTorch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

/** Runs a subject and the references on cases, and judges the subject. */
public final class ParityRun {

    // A Python starts for each batch, so that batches are to be large; but a batch is in memory.
    private static final long VALUES_IN_BATCH = 8_000_000;

    private final Implementation subject;
    private final Implementation libtorch = new LibtorchOperators();
    private final Optional<? extends Implementation> modules;
    private final Investigation investigation = new Investigation();

    public ParityRun(Implementation subject, Optional<? extends Implementation> modules) {
        this.subject = subject;
        this.modules = modules;
    }

    /** Compares the library's layers with libtorch, and with real PyTorch if there is one. */
    public static ParityRun ofLibrary(Optional<PyTorch> torch) {
        return new ParityRun(BlockRunner.ofLibrary(), torch.map(TorchModules::new));
    }

    /** Runs all; progress is told how many more cases are done. */
    public List<Cell> run(List<ParityCase> cases, IntConsumer progress) {
        List<Cell> cells = new ArrayList<>();
        List<ParityCase> batch = new ArrayList<>();
        long values = 0;
        for (ParityCase one : cases) {
            batch.add(one);
            values += one.shape().size() * (one.passes().size() + 1);
            if (values > VALUES_IN_BATCH) {
                cells.addAll(runBatch(batch, progress));
                batch = new ArrayList<>();
                values = 0;
            }
        }
        cells.addAll(runBatch(batch, progress));
        return cells;
    }

    /** What was planned of each reference, and what came of it. */
    public List<Tally> tallies(List<ParityCase> cases, List<Cell> cells) {
        return Stream.concat(Stream.of(libtorch), modules.stream())
                .map(reference -> Tally.of(reference, cases, cells))
                .toList();
    }

    private List<Cell> runBatch(List<ParityCase> batch, IntConsumer progress) {
        if (batch.isEmpty()) {
            return List.of();
        }
        // The other process works while this one does.
        Optional<CompletableFuture<Map<ParityCase, Outcome>>> theirs =
                modules.map(m -> CompletableFuture.supplyAsync(() -> outcomes(m, batch)));
        Map<ParityCase, Outcome> builtIn = new HashMap<>();
        Map<ParityCase, Outcome> ours = new HashMap<>();
        for (ParityCase one : batch) {
            builtIn.putAll(outcomes(libtorch, List.of(one)));
            ours.putAll(outcomes(subject, List.of(one)));
            progress.accept(1);
        }
        Map<Implementation, Map<ParityCase, Outcome>> references = new LinkedHashMap<>();
        references.put(libtorch, builtIn);
        theirs.ifPresent(future -> references.put(modules.get(), future.join()));
        return batch.stream()
                .map(one -> investigation.of(one, ours.get(one), of(one, references)))
                .flatMap(evidence -> Judge.judge(evidence).stream())
                .toList();
    }

    private static Map<ParityCase, Outcome> outcomes(
            Implementation implementation, List<ParityCase> cases) {
        List<ParityCase> known = cases.stream().filter(implementation::computes).toList();
        List<Outcome> outcomes = implementation.run(known);
        if (outcomes.size() != known.size()) {
            throw new IllegalStateException(
                    "%s owes %d outcomes, got %d"
                            .formatted(implementation.name(), known.size(), outcomes.size()));
        }
        Map<ParityCase, Outcome> byCase = new HashMap<>();
        for (int i = 0; i < known.size(); i++) {
            byCase.put(known.get(i), outcomes.get(i));
        }
        return byCase;
    }

    private static Map<String, Outcome> of(
            ParityCase one, Map<Implementation, Map<ParityCase, Outcome>> references) {
        Map<String, Outcome> theirs = new LinkedHashMap<>();
        references.forEach(
                (reference, outcomes) -> {
                    if (outcomes.containsKey(one)) {
                        theirs.put(reference.name(), outcomes.get(one));
                    }
                });
        return theirs;
    }
}
