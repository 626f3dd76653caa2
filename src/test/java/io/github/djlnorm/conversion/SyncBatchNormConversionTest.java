package io.github.djlnorm.conversion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.norm.BatchNorm;
import io.github.djlnorm.FusedActivation;
import io.github.djlnorm.GroupNorm;
import io.github.djlnorm.Norm;
import io.github.djlnorm.Run;
import io.github.djlnorm.SyncBatchNorm;
import io.github.djlnorm.internal.DjlFields;
import io.github.djlnorm.testing.Managed;
import io.github.djlnorm.testing.OnPyTorch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From BatchNorm to SyncBatchNorm and back. */
class SyncBatchNormConversionTest {

    private static final Shape IMAGES = new Shape(4, 2, 3);

    @Managed private NDManager manager;

    @Test
    @OnPyTorch("MXNet's BatchNorm refuses training outside of a graph")
    void aBatchNormGoesOnAsASyncBatchNormAndBack() {
        SequentialBlock net = initialized(batchNorm());
        NDArray x = manager.randomNormal(IMAGES);
        Run.forward(net, x, Run.TRAINING);
        float[] evaluated = Run.forward(net, x, Run.EVALUATION).toFloatArray();

        to(Norm.syncBatch()).convert(net);

        assertThat(net.getChildren().keys()).containsExactly("01SyncBatchNorm");
        SyncBatchNorm sync = (SyncBatchNorm) net.getChildren().valueAt(0);
        assertThat(sync.getMomentum()).isEqualTo(0.75f);
        assertThat(sync.getEpsilon()).isEqualTo(0.5f);
        assertThat(Run.values(sync, "gamma")).containsExactly(2, 3);
        assertThat(Run.forward(net, x, Run.EVALUATION).toFloatArray())
                .containsExactly(evaluated, within(1e-6f));

        to(Norm.batch()).convert(net);

        assertThat(net.getChildren().keys()).containsExactly("01BatchNorm");
        BatchNorm back = (BatchNorm) net.getChildren().valueAt(0);
        assertThat(DjlFields.momentum(back)).isEqualTo(0.75f);
        assertThat(DjlFields.epsilon(back)).isEqualTo(0.5f);
        assertThat(Run.forward(net, x, Run.EVALUATION).toFloatArray())
                .containsExactly(evaluated, within(1e-6f));
    }

    @Test
    @OnPyTorch("MXNet's BatchNorm refuses training outside of a graph")
    void theRunningStatisticsMoveOnFromWhereTheyWere() {
        SequentialBlock plain = initialized(batchNorm());
        SequentialBlock converted = initialized(batchNorm());
        to(Norm.syncBatch()).convert(converted);
        NDArray x = manager.randomNormal(IMAGES).add(3);

        for (int step = 0; step < 3; step++) {
            Run.forward(plain, x, Run.TRAINING);
            Run.forward(converted, x, Run.TRAINING);
        }

        for (String statistics : new String[] {"runningMean", "runningVar"}) {
            assertThat(Run.values(converted.getChildren().valueAt(0), statistics))
                    .containsExactly(
                            Run.values(plain.getChildren().valueAt(0), statistics), within(1e-6));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSyncBatchNormBecomesAnyOtherNorm(boolean affine) {
        SequentialBlock net =
                initialized(SyncBatchNorm.builder().optScale(affine).optCenter(affine).build());

        ConversionReport report = to(Norm.group(1)).convert(net).report();

        GroupNorm layer = (GroupNorm) net.getChildren().valueAt(0);
        assertThat(report.replaced().get(0).before()).startsWith("SyncBatchNorm, 2 channels");
        assertThat(layer.getParameters().get("gamma").requiresGradient()).isEqualTo(affine);
        assertThat(Run.forward(net, manager.randomNormal(IMAGES), Run.EVALUATION).getShape())
                .isEqualTo(IMAGES);
    }

    @Test
    void aLayerOfTheKindAlreadyStays() {
        SyncBatchNorm layer = SyncBatchNorm.builder().build();
        SequentialBlock net = initialized(layer);

        assertThat(to(Norm.syncBatch()).convert(net).report().replaced()).isEmpty();
        assertThat(net.getChildren().valueAt(0)).isSameAs(layer);
    }

    @Test
    void anActivationInTheLayerStandsInTheWay() {
        SequentialBlock net =
                initialized(SyncBatchNorm.builder().optActivation(FusedActivation.RELU).build());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> to(Norm.batch()).convert(net))
                .withMessageContaining("let a block after the layer apply it");
    }

    private static BatchNorm batchNorm() {
        return BatchNorm.builder().optEpsilon(0.5f).optMomentum(0.75f).build();
    }

    private SequentialBlock initialized(Block layer) {
        SequentialBlock net = new SequentialBlock().add(layer);
        net.initialize(manager, DataType.FLOAT32, IMAGES);
        if (layer.getParameters().contains("gamma")) {
            Run.set(layer.getParameters().get("gamma"), 2, 3);
        }
        return net;
    }

    private static NormConversion to(Norm norm) {
        return NormConversion.builder().setNorm(norm).build();
    }
}
