package io.github.djlnorm.parity.cases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.parity.arrays.Layout;
import org.junit.jupiter.api.Test;

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

    @Test
    void wrongNameIsRejectedWithWhatIsWrong() {
        String name = ParityCase.of(Layer.GROUP_NORM, new Shape(2, 12, 5, 7), 4).name();

        assertThatThrownBy(() -> ParityCase.parse(name.replace("float32", "float8")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("float8 is none of float32, float64");
        assertThatThrownBy(() -> ParityCase.parse(name.replace("group-norm", "rms-norm")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("RMSNorm has one of [SCALE, NONE], not SCALE_SHIFT");
        assertThatThrownBy(() -> ParityCase.parse("group-norm"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("LAYER/SHAPE/groups=N");
    }
}
