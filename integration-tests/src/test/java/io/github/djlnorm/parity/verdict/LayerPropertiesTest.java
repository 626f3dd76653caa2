package io.github.djlnorm.parity.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.djlnorm.GroupNorm;
import io.github.djlnorm.InstanceNorm;
import io.github.djlnorm.parity.arrays.Layout;
import io.github.djlnorm.parity.arrays.Tensors;
import io.github.djlnorm.parity.cases.CaseData;
import io.github.djlnorm.parity.cases.Layer;
import io.github.djlnorm.parity.cases.Mode;
import io.github.djlnorm.parity.cases.ParityCase;
import io.github.djlnorm.parity.cases.Quantity;
import io.github.djlnorm.parity.cases.Running;
import io.github.djlnorm.parity.implementations.Autograd;
import io.github.djlnorm.parity.implementations.BlockRunner;
import io.github.djlnorm.parity.implementations.Expected;
import io.github.djlnorm.parity.implementations.Float64Formula;
import io.github.djlnorm.parity.implementations.Outcome;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Whatever the shape, types, memory and options, forward and backward are the formula's. A failure
 * is shrunk to a small case, whose name is what the parity program takes after --case. More tries
 * by -Djqwik.tries.default=10000.
 */
class LayerPropertiesTest {

    private static final BlockRunner LIBRARY = BlockRunner.ofLibrary();
    private static final Set<Layout> IN_PLACE =
            EnumSet.of(Layout.CONTIGUOUS, Layout.CHANNELS_LAST, Layout.TRANSPOSED, Layout.SLICE);
    private static final Float64Formula FORMULA = new Float64Formula();

    @Provide
    Arbitrary<ParityCase> cases() {
        return RandomCases.any();
    }

    @Property
    void layersAreTheFormula(@ForAll("cases") ParityCase one) {
        check(one, LIBRARY.run(List.of(one)).get(0));
    }

    @Provide
    Arbitrary<ParityCase> functionCases() {
        return RandomCases.any()
                .map(one -> one.with(one.layer().affines().get(0)).with(Mode.TRAIN))
                .filter(
                        10_000,
                        one ->
                                isFunction(one.layer())
                                        && one.running() == Running.OFF
                                        && IN_PLACE.contains(one.layout()));
    }

    private static boolean isFunction(Layer layer) {
        return layer == Layer.GROUP_NORM || layer == Layer.INSTANCE_NORM;
    }

    @Property
    void functionsReadParametersOfAnyStride(@ForAll("functionCases") ParityCase one) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            check(one, withStrides(one, manager));
        }
    }

    /** gamma and beta as columns of one table. */
    private static Outcome withStrides(ParityCase one, NDManager manager) {
        CaseData data = new CaseData(one);
        DataType type = one.precision().input();
        Shape shape = one.shape();
        NDArray x = Tensors.create(manager, data.x(0), shape, type, one.layout());
        NDArray dy = Tensors.create(manager, data.dy(), shape, type, one.layout());
        NDArray table = table(manager, data, one.precision().parameters());
        x.setRequiresGradient(true);
        table.setRequiresGradient(true);
        NDArray y =
                Autograd.run(
                        () -> {
                            NDArray gamma = table.get(":, 0");
                            NDArray beta = table.get(":, 1");
                            return one.layer() == Layer.GROUP_NORM
                                    ? GroupNorm.groupNorm(
                                                    x, one.groups(), gamma, beta, one.epsilon())
                                            .head()
                                    : InstanceNorm.instanceNorm(x, gamma, beta, one.epsilon())
                                            .head();
                        },
                        output -> dy);
        Map<Quantity, double[]> values = new EnumMap<>(Quantity.class);
        values.put(Quantity.Y, Tensors.values(y));
        values.put(Quantity.DX, Tensors.values(x.getGradient()));
        values.put(Quantity.DGAMMA, Tensors.values(table.getGradient().get(":, 0")));
        values.put(Quantity.DBETA, Tensors.values(table.getGradient().get(":, 1")));
        return Outcome.of(values);
    }

    private static NDArray table(NDManager manager, CaseData data, DataType type) {
        double[] gamma = data.gamma();
        double[] beta = data.beta();
        double[] columns = new double[2 * gamma.length];
        for (int c = 0; c < gamma.length; c++) {
            columns[2 * c] = gamma[c];
            columns[2 * c + 1] = beta[c];
        }
        return Tensors.create(manager, columns, new Shape(gamma.length, 2), type);
    }

    private static void check(ParityCase one, Outcome ours) {
        assertThat(ours.refusal()).as("--case %s", one).isNull();
        Expected expected = FORMULA.expect(one);
        for (Map.Entry<Quantity, double[]> entry : expected.values().entrySet()) {
            Quantity quantity = entry.getKey();
            if (one.has(quantity)) {
                Deviation error =
                        Deviation.of(
                                ours.values().get(quantity),
                                entry.getValue(),
                                expected.scales().get(quantity),
                                one.type(quantity));
                assertThat(error.ulp())
                        .as("ULP of %s, --case %s: %s", quantity, one, error)
                        .isLessThanOrEqualTo(Judge.CAP);
            }
        }
    }
}
