package io.github.djlnorm.samples.classification;

import ai.djl.training.Trainer;
import ai.djl.training.listener.TrainingListenerAdapter;
import io.github.djlnorm.samples.cli.Console;
import java.util.Map;
import java.util.function.Consumer;
import me.tongfei.progressbar.ProgressBar;

/**
 * Shows a progress bar while an epoch runs and reports the epoch when it is over.
 *
 * <p>It reads what DJL's evaluator listener has collected, so it comes after that one.
 */
final class EpochListener extends TrainingListenerAdapter {

    private final long images;
    private final Consumer<EpochReport> reader;
    private int epoch;
    private ProgressBar bar;
    private long seen;
    private long start;
    private long end;

    /**
     * Creates a listener.
     *
     * @param first the number of the first epoch
     * @param images the number of training images in an epoch
     * @param reader is told about every epoch
     */
    EpochListener(int first, long images, Consumer<EpochReport> reader) {
        this.epoch = first;
        this.images = images;
        this.reader = reader;
    }

    @Override
    public void onTrainingBatch(Trainer trainer, BatchData batchData) {
        int size = batchData.getBatch().getSize();
        seen += size;
        bar.stepBy(size);
        end = System.nanoTime();
    }

    @Override
    public void onEpoch(Trainer trainer) {
        bar.close();
        Map<String, Float> values = trainer.getTrainingResult().getEvaluations();
        EpochReport report =
                new EpochReport(
                        epoch++,
                        values.get("train_loss"),
                        values.get("train_Accuracy"),
                        values.get("validate_loss"),
                        values.get("validate_Accuracy"),
                        seen * 1e9 / (end - start));
        reader.accept(report);
    }

    @Override
    public void onTrainingEnd(Trainer trainer) {
        if (bar != null) {
            bar.close();
        }
    }

    /** Says that an epoch begins. */
    void begin() {
        bar = Console.progressBar("epoch " + epoch, images);
        seen = 0;
        start = System.nanoTime();
    }
}
