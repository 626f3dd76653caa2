package io.github.djlnorm.samples.nets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.djlnorm.Norm;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetTest {

    @Test
    void aNormIsCheckedOnOneNet() {
        List<Norm> built = new ArrayList<>();
        Net net =
                new Net(
                        "counting",
                        32,
                        (norm, classes, imageSize) -> {
                            built.add(norm);
                            return ConvNet.create(norm, classes);
                        });
        net.requireFits(Norm.group(8), 32, 2);
        assertThat(built).containsExactly(Norm.group(8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet:18", "zoo-resnet:19"})
    void aNumberOfLayersThatThereIsNoNetOfIsRefused(String name) {
        Net net = Net.parse(name);
        assertThatIllegalArgumentException().isThrownBy(() -> net.requireFits(Norm.batch(), 32, 2));
    }

    @Test
    void theNamesAreThoseThatAreRead() {
        assertThat(Net.NAMES)
                .allSatisfy(name -> assertThat(Net.parse(name.replace("N", "50"))).isNotNull());
    }
}
