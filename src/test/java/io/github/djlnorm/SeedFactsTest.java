package io.github.djlnorm;

import static io.github.djlnorm.Arrays64.array;
import static io.github.djlnorm.Arrays64.assertClose;
import static io.github.djlnorm.Arrays64.normal;
import static io.github.djlnorm.Arrays64.values;
import static io.github.djlnorm.Run.EVALUATION;
import static io.github.djlnorm.Run.TRAINING;
import static io.github.djlnorm.Run.forward;
import static io.github.djlnorm.Run.initialized;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.LayerNorm;
import io.github.djlnorm.testing.Managed;
import io.github.djlnorm.testing.OnPyTorch;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The claims that users read about the layers, as facts. */
class SeedFactsTest {

    @Managed private NDManager manager;
    private NDArray x;

    @BeforeEach
    void images() {
        x = array(manager, normal(5, 8 * 64 * 4 * 4, 1, 3), 8, 64, 4, 4);
    }

    @Test
    void oneGroupEqualsLayerNormOverChannelsAndPositions() {
        LayerNorm layerNorm = LayerNorm.builder().build();
        layerNorm.initialize(manager, x.getDataType(), x.getShape());
        NDArray expected = forward(layerNorm, x, EVALUATION);

        NDArray actual = GroupNorm.groupNorm(x, 1, null, null, 1e-5f).get(0);

        assertClose("y", actual, values(expected), filled(expected, 4), 4);
    }

    @Test
    void asManyGroupsAsChannelsEqualInstanceNorm() {
        NDArray group = GroupNorm.groupNorm(x, 64, null, null, 1e-5f).get(0);
        NDArray instance = InstanceNorm.instanceNorm(x, null, null, 1e-5f).get(0);
        assertThat(group.toFloatArray()).isEqualTo(instance.toFloatArray());

        GroupNorm groupLayer = GroupNorm.builder().setNumGroups(64).build();
        InstanceNorm instanceLayer = InstanceNorm.builder().build();
        NDArray groupOutput = forward(initialized(groupLayer, manager, 8, 64, 4, 4), x, TRAINING);
        NDArray instanceOutput =
                forward(initialized(instanceLayer, manager, 8, 64, 4, 4), x, TRAINING);
        assertThat(groupOutput.toFloatArray()).isEqualTo(instanceOutput.toFloatArray());
        assertClose("y", groupOutput, values(group), filled(group, 4), 4);
    }

    @Test
    void groupsLieBetweenLayerNormAndInstanceNorm() {
        float[] eight = GroupNorm.groupNorm(x, 8, null, null, 1e-5f).get(0).toFloatArray();

        assertThat(eight)
                .isNotEqualTo(GroupNorm.groupNorm(x, 1, null, null, 1e-5f).get(0).toFloatArray())
                .isNotEqualTo(GroupNorm.groupNorm(x, 64, null, null, 1e-5f).get(0).toFloatArray());
    }

    @Test
    void anInstancesOutputDoesNotDependOnItsBatch() {
        NDArray alone = x.get("3:4");

        assertThat(GroupNorm.groupNorm(alone, 8, null, null, 1e-5f).get(0).toFloatArray())
                .isEqualTo(
                        GroupNorm.groupNorm(x, 8, null, null, 1e-5f)
                                .get(0)
                                .get("3:4")
                                .toFloatArray());
        assertThat(InstanceNorm.instanceNorm(alone, null, null, 1e-5f).get(0).toFloatArray())
                .isEqualTo(
                        InstanceNorm.instanceNorm(x, null, null, 1e-5f)
                                .get(0)
                                .get("3:4")
                                .toFloatArray());
    }

    @Test
    void brightnessAndContrastOfAnImageAreGoneAfterInstanceNorm() {
        // A power of two and an epsilon of zero: the same digits, so the same result but for the
        // rounding of a * x + b itself.
        NDArray brighter = x.mul(4).add(1);

        NDArray expected = InstanceNorm.instanceNorm(x, null, null, 0).get(0);
        NDArray actual = InstanceNorm.instanceNorm(brighter, null, null, 0).get(0);

        assertClose("y", actual, values(expected), filled(expected, 8), 4);
    }

    @Test
    void allLayersKeepTheShape() {
        for (long[] shape : new long[][] {{8, 64, 32, 32}, {2, 64, 7}, {1, 64, 2, 3, 4}}) {
            NDArray input = manager.randomNormal(new Shape(shape));
            for (ChannelNorm layer :
                    new ChannelNorm[] {
                        GroupNorm.builder().setNumGroups(8).build(),
                        InstanceNorm.builder().build(),
                        InstanceNorm.builder().optTrackRunningStats(true).build()
                    }) {
                initialized(layer, manager, shape);
                assertThat(forward(layer, input, TRAINING).getShape()).isEqualTo(new Shape(shape));
                assertThat(forward(layer, input, EVALUATION).getShape())
                        .isEqualTo(new Shape(shape));
                assertThat(layer.getOutputShapes(new Shape[] {new Shape(shape)}))
                        .containsExactly(new Shape(shape));
            }
        }
    }

    @Test
    void groupNormIsTheSameInTrainingAndEvaluation() {
        GroupNorm layer =
                initialized(GroupNorm.builder().setNumGroups(8).build(), manager, 8, 64, 4, 4);

        assertThat(forward(layer, x, TRAINING).toFloatArray())
                .isEqualTo(forward(layer, x, EVALUATION).toFloatArray());
        assertThat(layer.getParameters().keys()).containsExactly("gamma", "beta");
    }

    @Test
    void instanceNormDiffersInEvaluationOnlyWithRunningStatistics() {
        InstanceNorm plain = initialized(InstanceNorm.builder().build(), manager, 8, 64, 4, 4);
        InstanceNorm tracking =
                initialized(
                        InstanceNorm.builder().optTrackRunningStats(true).build(),
                        manager,
                        8,
                        64,
                        4,
                        4);

        float[] training = forward(plain, x, TRAINING).toFloatArray();
        assertThat(forward(plain, x, EVALUATION).toFloatArray()).isEqualTo(training);
        assertThat(forward(tracking, x, TRAINING).toFloatArray())
                .containsExactly(training, within(1e-5f)); // by another kernel
        assertThat(forward(tracking, x, EVALUATION).toFloatArray()).isNotEqualTo(training);
        assertThat(plain.getParameters().keys()).containsExactly("gamma", "beta");
        assertThat(tracking.getParameters().keys())
                .containsExactly("gamma", "beta", "runningMean", "runningVar");
    }

    @Test
    @OnPyTorch("MXNet's BatchNorm refuses training outside of a graph")
    void batchNormMixesInstancesWhereOurLayersDoNot() {
        BatchNorm batchNorm = BatchNorm.builder().build();
        batchNorm.initialize(manager, x.getDataType(), x.getShape());

        assertThat(forward(batchNorm, x.get("3:4"), TRAINING).toFloatArray())
                .isNotEqualTo(forward(batchNorm, x, TRAINING).get("3:4").toFloatArray());
    }

    private static double[] filled(NDArray like, double value) {
        double[] values = new double[(int) like.size()];
        Arrays.fill(values, value);
        return values;
    }
}
