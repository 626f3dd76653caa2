package io.github.djlnorm.samples.data;

import ai.djl.basicdataset.cv.classification.ImageFolder;
import ai.djl.training.dataset.RandomAccessDataset;
import ai.djl.translate.Pipeline;
import ai.djl.translate.TranslateException;
import io.github.djlnorm.samples.cli.BadInputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Images to train on and images to test with.
 *
 * @param name what a user calls them
 * @param classes the names of the classes, by label
 * @param batchSize the number of images in a training step
 * @param train what the model learns from, in random order
 * @param test what it is measured with
 */
public record ImageData(
        String name,
        List<String> classes,
        int batchSize,
        RandomAccessDataset train,
        RandomAccessDataset test) {

    private static final int TRAIN_SHAPES = 3000;
    private static final int TEST_SHAPES = 1000;
    public static final int TEST_BATCH = 100;

    /** The embedded data set. */
    static ImageData shapes(Preprocessing preprocessing, int batchSize, int seed, boolean augment) {
        return new ImageData(
                "drawn shapes",
                ShapeKind.names(),
                batchSize,
                ShapeImages.builder()
                        .setImages(TRAIN_SHAPES, seed)
                        .setSampling(batchSize, true)
                        .optPipeline(preprocessing.trainingPipeline(augment))
                        .build(),
                ShapeImages.builder()
                        .setImages(TEST_SHAPES, ~(long) seed)
                        .setSampling(TEST_BATCH, false)
                        .optPipeline(preprocessing.pipeline())
                        .build());
    }

    /**
     * Images in class folders.
     *
     * @throws BadInputException if the folder cannot be trained on
     */
    public static ImageData folders(
            Path data, Preprocessing preprocessing, int batchSize, boolean augment)
            throws IOException, TranslateException {
        ClassFolders.check(data);
        ImageFolder train =
                folder(data.resolve(ClassFolders.TRAIN), preprocessing.trainingPipeline(augment))
                        .setSampling(batchSize, true)
                        .build();
        ImageFolder test =
                folder(data.resolve(ClassFolders.TEST), preprocessing.pipeline())
                        .setSampling(TEST_BATCH, false)
                        .build();
        test.prepare();
        return new ImageData(data.toString(), train.getSynset(), batchSize, train, test);
    }

    /** The number of training steps in an epoch. */
    public int batches() {
        return Math.toIntExact((train.size() + batchSize - 1) / batchSize);
    }

    private static ImageFolder.Builder folder(Path folder, Pipeline pipeline) {
        return ImageFolder.builder().setRepositoryPath(folder).optPipeline(pipeline);
    }
}
