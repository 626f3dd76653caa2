package io.github.djlnorm.samples.data;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.Batch;
import io.github.djlnorm.samples.data.MemoryImages.Split;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryImagesTest {

    @Test
    void noImageIsAloneInABatchOfSeveral() throws Exception {
        assertThat(batchSizes(7, 3)).containsExactly(3, 3);
        assertThat(batchSizes(8, 3)).containsExactly(3, 3, 2);
        assertThat(batchSizes(3, 1)).containsExactly(1, 1, 1);
        assertThat(batchSizes(1, 3)).containsExactly(1);
    }

    private static List<Integer> batchSizes(int images, int batchSize) throws Exception {
        try (NDManager manager = NDManager.newBaseManager()) {
            Split split =
                    new Split(
                            manager.zeros(new Shape(images, 3, 2, 2)),
                            manager.zeros(new Shape(images)));
            List<Integer> sizes = new ArrayList<>();
            for (Batch batch : split.toTrain(batchSize).getData(manager)) {
                sizes.add(batch.getSize());
                batch.close();
            }
            return sizes;
        }
    }
}
