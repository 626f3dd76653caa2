package io.github.djlnorm.samples.data;

import ai.djl.training.dataset.RandomAccessDataset;
import io.github.djlnorm.samples.cli.BadInputException;
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
    private static final int TRAIN_LANDSCAPES = 200;
    private static final int TEST_LANDSCAPES = 8;
    public static final int TEST_BATCH = 100;

    /** The embedded data set. */
    static ImageData shapes(Preprocessing preprocessing, int batchSize, int seed, boolean augment) {
        return of(
                "drawn shapes",
                ShapeKind.names(),
                ShapeImages.draw(TRAIN_SHAPES, seed),
                ShapeImages.draw(TEST_SHAPES, ~(long) seed),
                preprocessing,
                batchSize,
                augment);
    }

    /** Landscapes to be painted, one at a time. */
    static ImageData landscapes(Preprocessing preprocessing, int seed) {
        return of(
                "drawn landscapes",
                List.of(LandscapeImages.CLASS),
                LandscapeImages.draw(TRAIN_LANDSCAPES, seed),
                LandscapeImages.draw(TEST_LANDSCAPES, ~(long) seed),
                preprocessing,
                1,
                false);
    }

    /**
     * Images in class folders.
     *
     * @throws BadInputException if the folder cannot be trained on
     */
    public static ImageData folders(
            Path data, Preprocessing preprocessing, int batchSize, boolean augment) {
        ClassFolders folders = ClassFolders.open(data);
        return of(
                data.toString(),
                folders.classes(),
                folders.train(),
                folders.test(),
                preprocessing,
                batchSize,
                augment);
    }

    private static ImageData of(
            String name,
            List<String> classes,
            LabeledImages.Source train,
            LabeledImages.Source test,
            Preprocessing preprocessing,
            int batchSize,
            boolean augment) {
        return new ImageData(
                name,
                classes,
                batchSize,
                LabeledImages.builder()
                        .setSource(train)
                        .setPreprocessing(preprocessing)
                        .optAugmentation(augment ? preprocessing.augmentation() : null)
                        .setSampling(
                                batchSize, true, leavesOneOut(train.labels().size(), batchSize))
                        .build(),
                LabeledImages.builder()
                        .setSource(test)
                        .setPreprocessing(preprocessing)
                        .setSampling(TEST_BATCH, false)
                        .build());
    }

    /**
     * Whether an image would be alone in the last batch. It is left out, in each epoch another one:
     * it may have one value per channel, which makes BatchNorm's running variance no number any
     * more.
     */
    public static boolean leavesOneOut(long images, int batchSize) {
        return images > batchSize && images % batchSize == 1;
    }

    /** The number of training steps in an epoch. */
    public int batches() {
        long images = train.size();
        long used = leavesOneOut(images, batchSize) ? images - 1 : images;
        return Math.toIntExact((used + batchSize - 1) / batchSize);
    }
}
