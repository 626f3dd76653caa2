package io.github.djlnorm.parity.verdict;

import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.implementations.Implementation;
import io.github.djlnorm.parity.implementations.LibtorchOperators;
import io.github.djlnorm.parity.implementations.Outcome;
import io.github.djlnorm.parity.implementations.TorchModules;
import io.github.djlnorm.parity.python.PyTorch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;

/** Runs a subject and the references on cases, and judges the subject. */
public final class ParityRun {

    // A Python starts for each batch, so that batches are to be large; but a batch is in memory.
    private static final long VALUES_IN_BATCH = 8_000_000;

    private final Implementation subject;
    private final Implementation libtorch = new LibtorchOperators();
    private final Optional<Implementation> modules;
    private final Investigation investigation = new Investigation();

    public ParityRun(Implementation subject, Optional<PyTorch> torch) {
        this.subject = subject;
        modules = torch.map(TorchModules::new);
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

    private List<Cell> runBatch(List<ParityCase> batch, IntConsumer progress) {
        if (batch.isEmpty()) {
            return List.of();
        }
        // The other process works while this one does.
        Optional<CompletableFuture<List<Outcome>>> theirs =
                modules.map(m -> CompletableFuture.supplyAsync(() -> m.run(batch)));
        Map<Implementation, List<Outcome>> references = new LinkedHashMap<>();
        List<Outcome> builtIn = new ArrayList<>();
        List<Outcome> ours = new ArrayList<>();
        for (ParityCase one : batch) {
            builtIn.addAll(libtorch.run(List.of(one)));
            ours.addAll(subject.run(List.of(one)));
            progress.accept(1);
        }
        references.put(libtorch, builtIn);
        theirs.ifPresent(future -> references.put(modules.get(), future.join()));
        return investigation.of(batch, ours, references).stream()
                .flatMap(evidence -> Judge.judge(evidence).stream())
                .toList();
    }
}
