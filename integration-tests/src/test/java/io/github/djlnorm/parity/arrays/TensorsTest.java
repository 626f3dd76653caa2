package io.github.djlnorm.parity.arrays;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorsTest {

    @ParameterizedTest
    @EnumSource
    void everyLayoutHoldsTheSameValues(Layout layout) {
        Shape shape = layout == Layout.UNBATCHED ? new Shape(1, 3, 4, 5) : new Shape(2, 3, 4, 5);
        double[] values = IntStream.range(0, (int) shape.size()).asDoubleStream().toArray();
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray array = Tensors.create(manager, values, shape, DataType.FLOAT32, layout);

            assertThat(array.getShape()).isEqualTo(Tensors.seen(shape, layout));
            assertThat(Tensors.values(array, shape, layout)).isEqualTo(values);
            if (layout == Layout.LAST_AXIS) {
                assertThat(array.getFloat(1, 2, 3, 1)).isEqualTo((float) values[60 + 20 + 10 + 3]);
            } else if (layout == Layout.THIRD_AXIS) {
                assertThat(array.getFloat(1, 2, 1, 3)).isEqualTo((float) values[60 + 20 + 10 + 3]);
            } else if (layout != Layout.UNBATCHED) {
                assertThat(array.getFloat(1, 1, 2, 3)).isEqualTo((float) values[60 + 20 + 10 + 3]);
            }
        }
    }
}
