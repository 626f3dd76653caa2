package io.github.djlnorm.samples;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.RandomAccessDataset;
import ai.djl.training.dataset.Record;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.util.List;

/** Images that were read and preprocessed once, to be trained on many times. */
final class MemoryImages implements AutoCloseable {

    private final NDManager manager = NDManager.newBaseManager();
    private final String name;
    private final List<String> classes;
    private final Split train;
    private final Split test;

    /**
     * Reads images and preprocesses them.
     *
     * @param mostToTrain how many to train with at most, spread over all of them
     * @param mostToTest how many to test with at most, spread over all of them
     */
    MemoryImages(ImageData data, Preprocessing preprocessing, int mostToTrain, int mostToTest)
            throws IOException, TranslateException {
        name = data.name();
        classes = data.classes();
        try {
            train = read(data.train(), preprocessing, mostToTrain);
            test = read(data.test(), preprocessing, mostToTest);
        } catch (IOException | TranslateException | RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    private Split read(RandomAccessDataset dataset, Preprocessing preprocessing, int most)
            throws IOException, TranslateException {
        dataset.prepare();
        long step = (dataset.size() + most - 1) / most;
        int size = Math.toIntExact((dataset.size() + step - 1) / step);
        int perImage = (int) preprocessing.batchShape(1).size();
        float[] pixels = new float[size * perImage];
        float[] labels = new float[size];
        for (int i = 0; i < size; i++) {
            try (NDManager scratch = manager.newSubManager()) {
                Record image = dataset.get(scratch, i * step);
                NDList tensor = preprocessing.pipeline().transform(image.getData());
                float[] values = tensor.singletonOrThrow().toFloatArray();
                System.arraycopy(values, 0, pixels, i * perImage, perImage);
                labels[i] =
                        image.getLabels()
                                .singletonOrThrow()
                                .toType(DataType.FLOAT32, false)
                                .getFloat();
            }
        }
        return new Split(
                manager.create(pixels, preprocessing.batchShape(size)), manager.create(labels));
    }

    /** The images in batches, those to train with in random order. */
    ImageData inBatches(int batchSize) {
        return new ImageData(
                name,
                classes,
                batchSize,
                train.dataset(batchSize, true),
                test.dataset(ImageData.TEST_BATCH, false));
    }

    /** All images to train with in one array, which lives as long as this. */
    NDArray trainArray() {
        return train.images;
    }

    /** All images to test with in one array, which lives as long as this. */
    NDArray testArray() {
        return test.images;
    }

    long trainingImages() {
        return train.labels().size();
    }

    @Override
    public void close() {
        manager.close();
    }

    private record Split(NDArray images, NDArray labels) {

        RandomAccessDataset dataset(int batchSize, boolean random) {
            return new ArrayDataset.Builder()
                    .setData(images)
                    .optLabels(labels)
                    .setSampling(batchSize, random)
                    .build();
        }
    }
}
