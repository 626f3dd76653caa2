package io.github.djlnorm.parity.cases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.parity.arrays.Layout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParityCaseTest {

    @Test
    void everyNameBringsItsCaseBack() {
        assertThat(Grid.full())
                .allSatisfy(c -> assertThat(ParityCase.parse(c.name())).isEqualTo(c));
    }

    @Test
    void dataDependsOnNameAloneAndNotOnLayout() {
        ParityCase one = ParityCase.of(Layer.GROUP_NORM, new Shape(2, 12, 5, 7), 4);

        assertThat(new CaseData(one.with(Layout.SLICE)).x(0)).isEqualTo(new CaseData(one).x(0));
        assertThat(new CaseData(one).x(1)).isNotEqualTo(new CaseData(one).x(0));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2x12x5x7  | 9999999999x12x5x7 | at most 16777216 values, got 4199999999580",
                "2x12x5x7  | 2x12x0x7          | no axis but the batch may be empty",
                "2x12x5x7  | 2x12              | InstanceNorm needs positions",
                "2x12x5x7  | 2x12x1x1          | no statistics of one value per channel",
                "contiguous| unbatched         | there is one instance, got 2",
                "1.0e-5    | NaN               | epsilon is a number of at least 0, got NaN",
                "normal/eps=1.0e-5|constant/eps=0.0| a variance of 0 needs an epsilon",
                "normal    | large-magnitude   | no running variance holds the square",
                "seed=0    | seed=0/masked     | running statistics go with no mask"
            })
    void whatCannotBeIsRejectedWithTheReason(String good, String bad, String reason) {
        String name =
                ParityCase.of(Layer.INSTANCE_NORM, new Shape(2, 12, 5, 7), 12)
                        .with(Running.ON)
                        .name();

        assertThatThrownBy(() -> ParityCase.parse(name.replace(good, bad)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("there is no such case: ")
                .hasMessageContaining(reason);
    }

    @Test
    void wrongNameIsRejectedWithWhatIsWrong() {
        String name = ParityCase.of(Layer.GROUP_NORM, new Shape(2, 12, 5, 7), 4).name();

        assertThatThrownBy(() -> ParityCase.parse(name.replace("float32", "float8")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("float8 is none of float32, float64");
        assertThatThrownBy(() -> ParityCase.parse(name.replace("group-norm", "rms-norm")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("RMSNorm has one of [SCALE, NONE], not SCALE_SHIFT");
        assertThatThrownBy(() -> ParityCase.parse(name + "/shards"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("GroupNorm has one of")
                .hasMessageContaining("not SHARDS");
        assertThatThrownBy(() -> ParityCase.parse("group-norm"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("LAYER/SHAPE/groups=N");
    }
}
