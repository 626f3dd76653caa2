package io.github.djlnorm.samples.spark;

import io.github.djlnorm.samples.cli.BadInputException;
import io.github.djlnorm.samples.data.MemoryImages;
import io.github.djlnorm.samples.spark.training.Images;
import io.github.djlnorm.samples.spark.training.TrainingPlan;
import java.util.stream.IntStream;

/** The images of a training, as Spark sends them. */
final class TrainingImages {

    private TrainingImages() {}

    static Images of(MemoryImages.Split split) {
        float[] labels = split.labels().toFloatArray();
        int[] places = IntStream.range(0, labels.length).toArray();
        return new Images(places, labels, split.images().toFloatArray());
    }

    /**
     * Checks that there are enough.
     *
     * @throws BadInputException if they are no batch, or fewer than partitions
     */
    static void check(MemoryImages images, TrainingPlan plan) {
        long count = images.trainingImages();
        if (count < plan.batchSize() || count < plan.partitions()) {
            throw new BadInputException(
                    "%d images to train on are too few for batches of %d in %d partitions: give more with --data, or a smaller --batch-size"
                            .formatted(count, plan.batchSize(), plan.partitions()));
        }
    }
}
