package io.github.djlnorm.samples.spark;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.github.djlnorm.samples.classification.Classifier;
import io.github.djlnorm.samples.data.ImageData;
import io.github.djlnorm.samples.data.MemoryImages;

/** How many images a model tells right. */
final class TestAccuracy {

    private TestAccuracy() {}

    static double of(Classifier classifier, MemoryImages.Split images) {
        Block block = classifier.model().getBlock();
        long count = images.labels().size();
        long right = 0;
        for (long start = 0; start < count; start += ImageData.TEST_BATCH) {
            try (NDManager scratch = images.images().getManager().newSubManager()) {
                NDIndex batch =
                        new NDIndex("{}:{}", start, Math.min(count, start + ImageData.TEST_BATCH));
                NDArray pixels = images.images().get(scratch, batch);
                NDArray scores =
                        block.forward(new ParameterStore(scratch, false), new NDList(pixels), false)
                                .singletonOrThrow();
                long[] classes = scores.argMax(1).toLongArray();
                float[] labels = images.labels().get(scratch, batch).toFloatArray();
                for (int i = 0; i < labels.length; i++) {
                    right += classes[i] == (long) labels[i] ? 1 : 0;
                }
            }
        }
        return (double) right / count;
    }
}
