package io.github.djlnorm.samples.studies.batchsize;

import ai.djl.translate.TranslateException;
import io.github.djlnorm.samples.studies.StudyRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Many trainings whose results stay in a folder. */
final class BatchSizeStudy {

    private final StudyFolder folder;
    private final List<StudyRun> runs;

    BatchSizeStudy(StudyFolder folder, List<StudyRun> runs) {
        this.folder = folder;
        this.runs = runs;
    }

    /** Carries out what is neither done nor claimed by another process. */
    void run(StudyFolder.Trainer trainer, PrintWriter out) throws IOException, TranslateException {
        for (StudyRun run : runs) {
            Optional<BatchSizeResult> result = folder.carryOut(run, trainer);
            if (result.isPresent()) {
                out.println(line(run, result.get()));
            }
        }
    }

    private String line(StudyRun run, BatchSizeResult result) throws IOException {
        Map<StudyRun, BatchSizeResult> done = done();
        return String.format(
                Locale.ROOT,
                "%d of %d: %s: test error %.4f%s in %.0f s, about %.0f minutes left",
                done.size(),
                runs.size(),
                run,
                result.testError(),
                Double.isNaN(result.trainLoss()) ? " (diverged)" : "",
                result.seconds(),
                secondsLeft(done) / 60);
    }

    /** What runs of the same batch size took, or all runs where there was none. */
    private double secondsLeft(Map<StudyRun, BatchSizeResult> done) {
        return runs.stream()
                .filter(run -> !done.containsKey(run))
                .mapToDouble(
                        run ->
                                meanSeconds(done, run.batchSize())
                                        .or(() -> meanSeconds(done, null))
                                        .orElse(0.0))
                .sum();
    }

    private static Optional<Double> meanSeconds(
            Map<StudyRun, BatchSizeResult> done, Integer batchSize) {
        var mean =
                done.entrySet().stream()
                        .filter(e -> batchSize == null || e.getKey().batchSize() == batchSize)
                        .mapToDouble(e -> e.getValue().seconds())
                        .average();
        return mean.isPresent() ? Optional.of(mean.getAsDouble()) : Optional.empty();
    }

    /** The results that there are, in the order of the runs. */
    Map<StudyRun, BatchSizeResult> done() throws IOException {
        Map<StudyRun, BatchSizeResult> done = new LinkedHashMap<>();
        for (StudyRun run : runs) {
            Optional<BatchSizeResult> result = folder.runs().result(run);
            result.ifPresent(r -> done.put(run, r));
        }
        return done;
    }
}
