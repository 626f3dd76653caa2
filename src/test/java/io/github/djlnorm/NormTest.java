package io.github.djlnorm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.norm.BatchNorm;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NormTest {

    @ParameterizedTest
    @CsvSource({
        "32, 64, 32",
        "32, 32, 32",
        "32, 24, 24",
        "32, 36, 18",
        "32, 37, 1",
        "32, 48, 24",
        "8, 12, 6",
        "1, 64, 1",
        "32, 1, 1",
        "7, 64, 4"
    })
    void aGroupCountFallsToTheLargestDivisor(int wish, int channels, int groups) {
        assertThat(Norm.group(wish).numGroups(channels)).isEqualTo(groups);
    }

    @ParameterizedTest
    @CsvSource({
        "16, 64, 4",
        "16, 32, 2",
        "16, 16, 1",
        "16, 8, 1",
        "16, 24, 1",
        "16, 36, 2",
        "16, 50, 2",
        "16, 60, 3",
        "1, 7, 7",
        "16, 1, 1"
    })
    void channelsPerGroupAreALeastNumber(int wish, int channels, int groups) {
        assertThat(Norm.groupOfChannels(wish).numGroups(channels)).isEqualTo(groups);
    }

    @Test
    void anExactGroupCountMustDivide() {
        assertThat(Norm.groupExact(8).numGroups(64)).isEqualTo(8);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Norm.groupExact(7).newLayer(64))
                .withMessage(
                        "the number of groups must divide the number of channels: expected a"
                                + " divisor of 64, got 7; use 4 or 8");
    }

    @Test
    void aLayerOfUnknownChannelsGetsItsGroupsWhenItIsInitialized() {
        GroupNorm layer = (GroupNorm) Norm.group(4).newLayer().orElseThrow();

        assertThatIllegalArgumentException()
                .isThrownBy(layer::getNumGroups)
                .withMessage(
                        "the number of groups depends on the number of channels: expected 1 or"
                                + " more channels, got 0; initialize the layer first, or give the"
                                + " channels of its input");
        try (NDManager manager = NDManager.newBaseManager()) {
            Run.initialized(layer, manager, 2, 6, 3);
            assertThat(layer.getNumGroups()).isEqualTo(3);
        }
    }

    @Test
    void onlyGroupNormalizationHasGroups() {
        assertThatThrownBy(() -> Norm.batch().numGroups(64))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("batch has no groups");
    }

    @Test
    void theLayerIsThatOfTheKind() {
        assertThat(Norm.none().newLayer(64)).isEmpty();
        assertThat(layer(Norm.batch())).isInstanceOf(BatchNorm.class);
        assertThat(layer(Norm.syncBatch())).isInstanceOf(SyncBatchNorm.class);
        assertThat(layer(Norm.frozenBatch())).isInstanceOf(FrozenBatchNorm.class);
        assertThat(layer(Norm.instance())).isInstanceOf(InstanceNorm.class);
        assertThat(layer(Norm.layer())).isInstanceOf(ChannelLayerNorm.class);
        assertThat(layer(Norm.rms())).isInstanceOf(RMSNorm.class);
        assertThat(layer(Norm.group(32))).isInstanceOf(GroupNorm.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "group:2:axis=-1:epsilon=0.5",
                "group-exact:2:axis=-1:epsilon=0.5",
                "group-channels:3:axis=-1:epsilon=0.5"
            })
    void theLayerHasTheOptionsOfTheChoice(String norm) {
        try (NDManager manager = NDManager.newBaseManager()) {
            double[] x = Arrays64.normal(1, 2 * 6, 0, 1);
            double[] ones = {1, 1, 1, 1, 1, 1};
            Block layer = Run.initialized(layer(Norm.parse(norm), 6), manager, 2, 1, 6);
            Reference expected = new Reference(x, 2, 6, 1, 2, ones, new double[6], 0.5);
            Arrays64.assertClose(
                    norm,
                    Run.forward(layer, Arrays64.array(manager, x, 2, 1, 6), Run.EVALUATION),
                    expected.output,
                    expected.outputTerms,
                    8);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "none",
                "batch",
                "sync-batch",
                "sync-batch:axis=-1",
                "frozen-batch",
                "layer",
                "rms",
                "group:32",
                "group-exact:8",
                "group-channels:16",
                "instance",
                "instance:axis=-1",
                "group:32:axis=2:epsilon=0.001",
                "batch:epsilon=1.0E-12",
                "batch:epsilon=0.0",
                "group:2147483647:axis=-2147483648:epsilon=3.4028235E38",
                "rms:axis=2147483647:epsilon=1.4E-45"
            })
    void aNormIsReadAsItIsWritten(String text) {
        assertThat(Norm.parse(text)).hasToString(text);
    }

    @Test
    void whatIsReadEqualsWhatIsMade() {
        assertThat(Norm.parse("group:32")).isEqualTo(Norm.group(32));
        assertThat(Norm.parse("group-channels:16")).isEqualTo(Norm.groupOfChannels(16));
        assertThat(Norm.parse("instance:axis=-1:epsilon=1e-3"))
                .isEqualTo(Norm.instance().withAxis(-1).withEpsilon(1e-3f));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "grup:32",
                "Group:32",
                "group",
                "group:",
                "group:x",
                "group:-1",
                "batch:3",
                "group:32:",
                "group:32:axis",
                "group:32:axes=1",
                "group:99999999999",
                "instance:axis=2147483648",
                " ",
                "group:32\n",
                "group:32:epsilon=NaN",
                "group:+32"
            })
    void anUnknownNormListsTheKnownOnes(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Norm.parse(text))
                .withMessageStartingWith(
                        "the norm must be a known one: expected one of none, batch,")
                .withMessageContaining("group:N, group-exact:N, group-channels:N, instance")
                .withMessageContaining("got '" + text + "'; write it like group:32");
    }

    @ParameterizedTest
    @EnumSource
    void anyNormOfAKindIsReadAsItIsWritten(NormKind kind) {
        Random random = new Random(1);
        for (int i = 0; i < 2_000; i++) {
            int number = kind.hasNumber() ? random.nextInt(1, Integer.MAX_VALUE) : 0;
            int axis = random.nextInt() >> random.nextInt(32);
            if (axis == 0 || (axis < 0 && kind == NormKind.BATCH)) {
                axis = Math.max(1, ~axis);
            }
            int bits = random.nextInt(Float.floatToIntBits(Float.POSITIVE_INFINITY));
            Norm norm = new Norm(kind, number, axis, Float.intBitsToFloat(bits));

            assertThat(Norm.parse(norm.toString())).as(norm.toString()).isEqualTo(norm);
        }
    }

    @Test
    void anEpsilonOfNegativeZeroIsZero() {
        Norm norm = Norm.group(32).withEpsilon(-0.0f);

        assertThat(norm)
                .isEqualTo(Norm.group(32).withEpsilon(0))
                .hasToString("group:32:epsilon=0.0");
        assertThat(Norm.parse("group:32:epsilon=-0.0")).isEqualTo(norm);
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"GROUP", "GROUP_EXACT", "GROUP_CHANNELS"})
    void aNormWithoutGroupsHasNoNumber(NormKind kind) {
        for (int number : new int[] {5, -1}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Norm(kind, number, 1, 1e-5f))
                    .withMessageStartingWith(
                            "only norms with groups have a number: expected 0, got ")
                    .withMessageContaining(number + " in ");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "grup:32, group:N",
        "Group:32, group:N",
        "group, group:N",
        "group_exact:8, group-exact:N",
        "INSTANCE, instance",
        "instnace, instance",
        "batchnorm, ",
        "abs, ",
        "x, "
    })
    void aSlipOfTheKeysIsToldWhatItMayMean(String text, String meant) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Norm.parse(text))
                .withMessageEndingWith(
                        "after it if need be"
                                + (meant == null ? "" : " (did you mean " + meant + "?)"));
    }

    @Test
    void noTextIsNoNorm() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Norm.parse(null))
                .withMessageStartingWith("the norm must be a known one: expected one of none,")
                .withMessageContaining("got null; write it like group:32");
    }

    @Test
    void aNumberMustBePositive() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Norm.group(0))
                .withMessage(
                        "the number of a norm must be positive: expected 1 or more, got 0 in"
                                + " group:N; use a number such as 32");
    }

    @Test
    void axisAndEpsilonAreCheckedAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Norm.parse("instance:axis=0"))
                .withMessageContaining("the channel axis must not be the batch axis");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Norm.parse("batch:epsilon=-1"))
                .withMessageContaining("epsilon must be finite and not negative");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Norm.parse("batch:epsilon=1e39"))
                .withMessageContaining("epsilon must be finite and not negative");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Norm.instance().withEpsilon(-1))
                .withMessageContaining("epsilon must be finite and not negative");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Norm.batch().withAxis(-1))
                .withMessageContaining("BatchNorm takes no axis counted from the end");
    }

    private static Block layer(Norm norm) {
        return layer(norm, 64);
    }

    private static Block layer(Norm norm, long channels) {
        return norm.newLayer(channels).orElseThrow();
    }
}
