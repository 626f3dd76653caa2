package io.github.djlnorm.samples.style;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.testing.GarbageCollection;
import io.github.djlnorm.testing.Managed;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether all that autograd's graph of a loss holds is libtorch's own. */
class StyleLossGraphTest {

    private static final Shape IMAGES = new Shape(2, 3, 32, 32);

    @Managed private NDManager manager;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aGarbageCollectionLeavesGradients(boolean keepContrast) {
        StyleLoss loss =
                new StyleLoss(
                        manager.randomUniform(0, 1, new Shape(1, 3, 48, 40)), 0.2f, keepContrast);
        NDArray contents = manager.randomUniform(0, 1, IMAGES);
        NDArray results = manager.randomUniform(0, 1, IMAGES);
        results.setRequiresGradient(true);
        GarbageCollection.assertKeepsGradients(
                () -> {
                    // The same filters each time.
                    Engine.getInstance().setRandomSeed(1);
                    return loss.of(contents, results).total();
                },
                List.of(results));
    }
}
