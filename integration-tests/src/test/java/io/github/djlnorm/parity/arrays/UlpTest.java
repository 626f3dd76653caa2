package io.github.djlnorm.parity.arrays;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.DataType;
import ai.djl.util.Float16Utils;
import org.junit.jupiter.api.Test;

class UlpTest {

    @Test
    void isDistanceToNextValue() {
        assertThat(Ulp.of(DataType.FLOAT16, 1)).isEqualTo(0x1p-10);
        assertThat(Ulp.of(DataType.FLOAT16, 0)).isEqualTo(0x1p-24);
        assertThat(Ulp.of(DataType.FLOAT16, 40000)).isEqualTo(32);
        assertThat(Ulp.of(DataType.FLOAT32, -1.5)).isEqualTo(0x1p-23);
        assertThat(Ulp.of(DataType.FLOAT32, 1e300)).isEqualTo(0x1p104);
        assertThat(Ulp.of(DataType.FLOAT64, 1)).isEqualTo(0x1p-52);
    }

    @Test
    void everyHalfIsRoundedToItself() {
        for (int bits = 0; bits < 0x7c00; bits++) {
            double half = Float16Utils.halfToFloat((short) bits);
            assertThat(Ulp.round(DataType.FLOAT16, half)).isEqualTo(half);
            assertThat(Ulp.round(DataType.FLOAT16, -half)).isEqualTo(-half);
        }
    }

    @Test
    void roundsTiesToEvenAndOverflowsToInfinity() {
        assertThat(Ulp.round(DataType.FLOAT16, 1 + 0x1p-11)).isEqualTo(1);
        assertThat(Ulp.round(DataType.FLOAT16, 1 + 3 * 0x1p-11)).isEqualTo(1 + 0x1p-9);
        assertThat(Ulp.round(DataType.FLOAT16, 65519)).isEqualTo(65504);
        assertThat(Ulp.round(DataType.FLOAT16, -65520)).isEqualTo(Double.NEGATIVE_INFINITY);
    }
}
