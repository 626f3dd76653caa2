package io.github.djlnorm;

import static io.github.djlnorm.Run.EVALUATION;
import static io.github.djlnorm.Run.TRAINING;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a call leaves behind. */
class LifetimeTest {

    private static final Shape SHAPE = new Shape(4, 6, 6, 4);

    static Stream<Layers.Case> layers() {
        return Layers.all();
    }

    @ParameterizedTest
    @MethodSource("layers")
    void nothingButTheResultIsLeftInTheInputsManager(Layers.Case layerCase) {
        try (NDManager manager = NDManager.newBaseManager();
                NDManager calls = manager.newSubManager()) {
            NDArray x = calls.randomNormal(SHAPE);
            x.setName("data.of[a]user()");
            NDList inputs = layerCase.inputs(x);
            ChannelNorm layer = layerCase.make();
            layer.initialize(manager, DataType.FLOAT32, Layers.shapes(inputs));
            int before = manager.getManagedArrays().size();
            for (boolean mode : new boolean[] {TRAINING, EVALUATION}) {
                NDArray y = Run.forward(layer, inputs, mode);

                assertThat(y.getManager()).isSameAs(calls);
                assertThat(manager.getManagedArrays()).hasSize(before + 1);
                y.close();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("layers")
    void theResultOutlivesTheCallAndEndsWithTheCallersScope(Layers.Case layerCase) {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray x = manager.randomNormal(SHAPE);
            NDList inputs = layerCase.inputs(x);
            ChannelNorm layer = layerCase.make();
            layer.initialize(manager, DataType.FLOAT32, Layers.shapes(inputs));
            NDArray y;
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                y = Run.forward(layer, inputs, TRAINING);
                assertThat(y.toFloatArray()).hasSize((int) SHAPE.size());
            }
            assertThat(y.isReleased()).isTrue();
            assertThat(x.isReleased()).isFalse();
        }
    }
}
