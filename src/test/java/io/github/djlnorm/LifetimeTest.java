package io.github.djlnorm;

import static io.github.djlnorm.Run.EVALUATION;
import static io.github.djlnorm.Run.TRAINING;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a call leaves behind. */
class LifetimeTest {

    static Stream<ChannelNorm> layers() {
        return Stream.of(
                GroupNorm.builder().setNumGroups(2).build(),
                GroupNorm.builder().setNumGroups(2).optAxis(-1).build(),
                InstanceNorm.builder().build(),
                InstanceNorm.builder().optTrackRunningStats(true).build(),
                InstanceNorm.builder().optSpatialDims(3).optTrackRunningStats(true).build(),
                InstanceNorm.builder().optSpatialDims(3).optAxis(-1).build());
    }

    @ParameterizedTest
    @MethodSource("layers")
    void nothingButTheResultIsLeftInTheInputsManager(ChannelNorm layer) {
        try (NDManager manager = NDManager.newBaseManager();
                NDManager calls = manager.newSubManager()) {
            Shape shape = new Shape(4, 6, 6, 4);
            layer.initialize(manager, DataType.FLOAT32, shape);
            NDArray x = calls.randomNormal(shape);
            x.setName("data.of[a]user()");
            int before = manager.getManagedArrays().size();
            for (boolean mode : new boolean[] {TRAINING, EVALUATION}) {
                NDArray y = Run.forward(layer, x, mode);

                assertThat(y.getManager()).isSameAs(calls);
                assertThat(manager.getManagedArrays()).hasSize(before + 1);
                y.close();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("layers")
    void theResultOutlivesTheCallAndEndsWithTheCallersScope(ChannelNorm layer) {
        try (NDManager manager = NDManager.newBaseManager()) {
            Shape shape = new Shape(4, 6, 6, 4);
            layer.initialize(manager, DataType.FLOAT32, shape);
            NDArray x = manager.randomNormal(shape);
            NDArray y;
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                y = Run.forward(layer, x, TRAINING);
                assertThat(y.toFloatArray()).hasSize((int) shape.size());
            }
            assertThat(y.isReleased()).isTrue();
            assertThat(x.isReleased()).isFalse();
        }
    }
}
