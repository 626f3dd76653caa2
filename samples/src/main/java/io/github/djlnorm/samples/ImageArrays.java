package io.github.djlnorm.samples;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.Batch;
import ai.djl.training.dataset.BatchSampler;
import ai.djl.training.dataset.RandomAccessDataset;
import ai.djl.training.dataset.SequenceSampler;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.util.List;

/**
 * Images and their labels in memory, as long as their manager is open.
 *
 * @param pixels (N, 3, H, W), from 0 (black) to 1 (white)
 * @param labels (N)
 */
record ImageArrays(NDArray pixels, NDArray labels) implements AutoCloseable {

    private static final int BATCH = 100;

    /** What makes a data set's images those pixels. */
    static Preprocessing preprocessing(int imageSize) {
        return new Preprocessing(imageSize, List.of(0f, 0f, 0f), List.of(1f, 1f, 1f));
    }

    /** Reads a whole data set that has this {@link #preprocessing}. */
    static ImageArrays read(RandomAccessDataset dataset, NDManager manager)
            throws IOException, TranslateException {
        NDList pixels = new NDList();
        NDList labels = new NDList();
        BatchSampler inOrder = new BatchSampler(new SequenceSampler(), BATCH, false);
        // DJL closes the manager of such a loop, and with it the batches.
        for (Batch batch : dataset.getData(manager.newSubManager(), inOrder)) {
            batch.getData().attach(manager);
            batch.getLabels().attach(manager);
            pixels.add(batch.getData().singletonOrThrow());
            labels.add(batch.getLabels().singletonOrThrow().toType(DataType.INT64, false));
        }
        try (pixels;
                labels) {
            return new ImageArrays(NDArrays.concat(pixels), NDArrays.concat(labels));
        }
    }

    int size() {
        return Math.toIntExact(pixels.size(0));
    }

    /** At most so many of the images, spread evenly, since class folders come one by one. */
    ImageArrays limit(int count) {
        if (count >= size()) {
            return this;
        }
        long[] chosen = new long[count];
        for (int i = 0; i < count; i++) {
            chosen[i] = (long) i * size() / count;
        }
        try (NDArray indices = pixels.getManager().create(chosen)) {
            return new ImageArrays(pixels.get(indices), labels.get(indices));
        }
    }

    /** The images from an index until before another. */
    ImageArrays slice(int from, int until) {
        String slice = from + ":" + until;
        return new ImageArrays(pixels.get(slice), labels.get(slice));
    }

    ArrayDataset dataset(int batchSize, boolean random) {
        return new ArrayDataset.Builder()
                .setData(pixels)
                .optLabels(labels)
                .setSampling(batchSize, random)
                .build();
    }

    @Override
    public void close() {
        pixels.close();
        labels.close();
    }
}
