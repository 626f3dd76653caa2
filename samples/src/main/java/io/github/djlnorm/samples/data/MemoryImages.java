package io.github.djlnorm.samples.data;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.training.dataset.ArrayDataset;
import ai.djl.training.dataset.RandomAccessDataset;
import ai.djl.training.dataset.Record;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Images that were read and preprocessed once, to be trained on many times. */
public final class MemoryImages implements AutoCloseable {

    private final NDManager manager = NDManager.newBaseManager();
    private final String name;
    private final List<String> classes;
    private final Split train;
    private final Split test;

    /**
     * Reads images, preprocessed.
     *
     * @param mostToTrain how many to train with at most, spread over all of them
     * @param mostToTest how many to test with at most, spread over all of them
     */
    public MemoryImages(
            ImageData data, Preprocessing preprocessing, int mostToTrain, int mostToTest)
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
        List<Integer> chosen = choose(Math.toIntExact(dataset.size()), most);
        int size = chosen.size();
        int perImage = (int) preprocessing.batchShape(1).size();
        float[] pixels = new float[size * perImage];
        float[] labels = new float[size];
        for (int i = 0; i < size; i++) {
            try (NDManager scratch = manager.newSubManager()) {
                Record image = dataset.get(scratch, chosen.get(i));
                float[] values = image.getData().singletonOrThrow().toFloatArray();
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

    /** Images in order of class, or class by class in turn, are all well spread by chance. */
    private static List<Integer> choose(int count, int most) {
        List<Integer> indices = IntStream.range(0, count).boxed().collect(Collectors.toList());
        if (most < count) {
            Collections.shuffle(indices, new Random(count));
        }
        return indices.subList(0, Math.min(count, most));
    }

    /** The images in batches. */
    public ImageData inBatches(int batchSize) {
        return new ImageData(name, classes, batchSize, train.toTrain(batchSize), test.toTest());
    }

    public Split train() {
        return train;
    }

    public Split test() {
        return test;
    }

    public List<String> classes() {
        return classes;
    }

    public long trainingImages() {
        return train.labels().size();
    }

    @Override
    public void close() {
        manager.close();
    }

    /** Preprocessed images and their labels. */
    public record Split(NDArray images, NDArray labels) {

        /** The images in random order. */
        public RandomAccessDataset toTrain(int batchSize) {
            return dataset(batchSize, true, ImageData.leavesOneOut(labels.size(), batchSize));
        }

        public RandomAccessDataset toTest() {
            return dataset(ImageData.TEST_BATCH, false, false);
        }

        private RandomAccessDataset dataset(int batchSize, boolean random, boolean dropLast) {
            return new ArrayDataset.Builder()
                    .setData(images)
                    .optLabels(labels)
                    .setSampling(batchSize, random, dropLast)
                    .build();
        }
    }
}
