package io.github.djlnorm.samples.segmentation;

import io.github.djlnorm.samples.data.ImageData;
import io.github.djlnorm.samples.data.Preprocessing;
import java.util.List;

/**
 * Images with masks to train on and to test with.
 *
 * @param name what a user calls them
 * @param classes the names of the classes, by number
 * @param train what the nets learn from
 * @param test what they are measured with
 */
record SegmentationData(String name, List<String> classes, Scene.Source train, Scene.Source test) {

    // What a pass over test images takes of memory, without a gradient.
    private static final int TEST_BATCH = 10;

    /** The embedded data set. */
    static SegmentationData drawn(int train, int test, int size) {
        return new SegmentationData(
                "drawn scenes",
                ScenePainter.classes(),
                DrawnScenes.draw(train, size, 1),
                DrawnScenes.draw(test, size, 2));
    }

    /** The images in batches. */
    ImageData inBatches(int batchSize, Preprocessing preprocessing) {
        boolean dropLast = ImageData.leavesOneOut(train.size(), batchSize);
        return new ImageData(
                name,
                classes,
                batchSize,
                SceneDataset.of(train, preprocessing)
                        .setSampling(batchSize, true, dropLast)
                        .build(),
                SceneDataset.of(test, preprocessing).setSampling(TEST_BATCH, false).build());
    }
}
