package io.github.djlnorm.samples.nets;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.testing.GarbageCollection;
import io.github.djlnorm.testing.Managed;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whether a number in autograd's graph is libtorch's own. */
class GraphNumbersTest {

    private static final Shape IMAGES = new Shape(2, 3, 32, 32);

    @Managed private NDManager manager;

    @Test
    void aGarbageCollectionLeavesANumber() {
        NDArray x = images();
        x.setRequiresGradient(true);
        GarbageCollection.assertKeepsGradients(() -> GraphNumbers.times(x, 0.3f), List.of(x));
    }

    private NDArray images() {
        return manager.randomUniform(0, 1, IMAGES);
    }
}
