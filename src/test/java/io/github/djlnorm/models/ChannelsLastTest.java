package io.github.djlnorm.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.EasyTrain;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.dataset.Batch;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.Batchifier;
import ai.djl.util.Pair;
import io.github.djlnorm.GroupNorm;
import io.github.djlnorm.Norm;
import io.github.djlnorm.conversion.NormConversion;
import io.github.djlnorm.convolutional.ConvNorm;
import io.github.djlnorm.convolutional.WeightStandardizedConv;
import io.github.djlnorm.testing.Managed;
import io.github.djlnorm.testing.OnPyTorch;
import io.github.djlnorm.torch.TorchFunction;
import io.github.djlnorm.weights.StateDict;
import io.github.djlnorm.weights.WeightLoader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A network channels-last against the same network without. */
@OnPyTorch("memory formats are libtorch's")
class ChannelsLastTest {

    private static final Shape IMAGES = new Shape(2, 3, 12, 16);
    private static final double ROUNDING = 1e-4;

    /** Counts how far apart neighboring channels lie in memory. */
    private static final String CHANNEL_STRIDE =
            """
            def forward(self, x: Tensor) -> Tensor:
              return torch.tensor([torch.stride(x, 1)])
            """;

    @Managed private NDManager manager;

    static Stream<Arguments> nets() {
        List<Arguments> nets = new ArrayList<>();
        for (String norm : new String[] {"group:4", "instance", "batch", "layer", "rms", "none"}) {
            nets.add(arguments("resnet " + norm, (Supplier<Block>) () -> resNet(norm, false)));
            nets.add(arguments("generator " + norm, (Supplier<Block>) () -> generator(norm)));
            nets.add(arguments("unet " + norm, (Supplier<Block>) () -> unet(norm)));
        }
        nets.add(arguments("standardized", (Supplier<Block>) () -> resNet("group:4", true)));
        nets.add(arguments("layers", (Supplier<Block>) ChannelsLastTest::ofLayers));
        return nets.stream();
    }

    private static SequentialBlock resNet(String norm, boolean standardized) {
        return CifarResNet.builder()
                .setNumLayers(8)
                .setOutSize(5)
                .setNorm(Norm.parse(norm))
                .optWidth(8)
                .optWeightStandardized(standardized)
                .build();
    }

    private static Block generator(String norm) {
        return ImageGenerator.builder()
                .setNorm(Norm.parse(norm))
                .optWidth(4)
                .optResidualBlocks(1)
                .build();
    }

    private static Block unet(String norm) {
        return UNet.builder().setNorm(Norm.parse(norm)).optWidth(4).optDepth(2).build();
    }

    /** What networks for images are made of besides residual blocks. */
    private static SequentialBlock ofLayers() {
        ConvNorm.Builder transposed =
                ConvNorm.builder()
                        .setKernelShape(new Shape(3, 3))
                        .setFilters(8)
                        .setNorm(Norm.instance())
                        .optTransposed(true);
        ConvNorm.Builder standardized =
                ConvNorm.builder()
                        .setKernelShape(new Shape(3, 3))
                        .setFilters(8)
                        .setNorm(Norm.none())
                        .optWeightStandardized(true);
        return new SequentialBlock()
                .add(Conv2d.builder().setKernelShape(new Shape(3, 3)).setFilters(8).build())
                .add(BatchNorm.builder().build())
                .add(Activation::relu)
                .add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
                .add(ConvNorm.convGroupNorm(8, 2))
                .add(transposed.optStride(new Shape(2, 2)).build())
                .add(Activation.leakyReluBlock(0.1f))
                .add(Pool.avgPool2dBlock(new Shape(2, 2), new Shape(2, 2)))
                .add(standardized.build())
                .add(Conv2d.builder().setKernelShape(new Shape(1, 1)).setFilters(8).build())
                .add(Activation::tanh)
                .add(Blocks.batchFlattenBlock())
                .add(Linear.builder().setUnits(5).build());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("nets")
    void outputsAndGradientsAreThoseOfTheNetwork(String name, Supplier<Block> maker)
            throws Exception {
        Block plain = initialized(maker.get());
        Block laid = initialized(new ChannelsLast(maker.get()));
        copyValues(plain, laid);
        checkWeights(laid);
        NDArray images = manager.randomUniform(0, 1, IMAGES);

        for (boolean training : new boolean[] {false, true}) {
            assertClose(forward(laid, images, training), forward(plain, images, training));
        }
        assertClose(gradients(laid, images), gradients(plain, images));
    }

    @Test
    void everyStageOfAResNetLiesChannelsLast() {
        SequentialBlock net = resNet("group:4", false);
        Block laid = initialized(new ChannelsLast(net));
        net.setReturnIntermediate(true);

        for (boolean training : new boolean[] {false, true}) {
            checkFormat(laid, training, 4);
        }
    }

    @Test
    void everyStepOfAGeneratorLiesChannelsLast() {
        Block net = generator("instance");
        SequentialBlock steps = (SequentialBlock) net.getChildren().valueAt(0);
        Block laid = initialized(new ChannelsLast(steps));
        steps.setReturnIntermediate(true);

        for (boolean training : new boolean[] {false, true}) {
            checkFormat(laid, training, 15);
        }
    }

    @Test
    void everyKindOfLayerLiesChannelsLast() {
        SequentialBlock net = ofLayers();
        Block laid = initialized(new ChannelsLast(net));
        net.setReturnIntermediate(true);

        for (boolean training : new boolean[] {false, true}) {
            checkFormat(laid, training, 11);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void standardizedWeightsKeepTheFormat(boolean trained) {
        NDArray rows = manager.randomNormal(new Shape(4, 3, 3, 6));
        NDArray weight = rows.transpose(0, 3, 1, 2);
        weight.setRequiresGradient(trained);
        assertThat(channelStride(WeightStandardizedConv.standardize(weight, 1e-5f))).isEqualTo(1);
    }

    private void checkFormat(Block net, boolean training, int steps) {
        NDArray images = manager.randomUniform(0, 1, IMAGES);
        NDList outputs =
                net.forward(new ParameterStore(manager, false), new NDList(images), training);
        List<NDArray> maps = outputs.stream().filter(y -> y.getShape().dimension() == 4).toList();
        assertThat(maps).hasSizeGreaterThanOrEqualTo(steps);
        for (int i = 0; i < steps; i++) {
            assertThat(channelStride(maps.get(i))).as("step " + i + " of " + net).isEqualTo(1);
        }
    }

    private static long channelStride(NDArray array) {
        return TorchFunction.of(CHANNEL_STRIDE, Map.of()).call(array).get(0).getLong();
    }

    @Test
    void weightsOfRank4LieChannelsLastAndOthersStay() {
        Block net = initialized(new ChannelsLast(ofLayers()));

        checkWeights(net);
        Parameter linear = net.getParameters().get("13Linear_weight");
        assertThat(linear.getArray().getShape().dimension()).isEqualTo(2);
    }

    private static void checkWeights(Block net) {
        int kernels = 0;
        for (Pair<String, Parameter> named : net.getParameters()) {
            NDArray array = named.getValue().getArray();
            Shape shape = array.getShape();
            if (shape.dimension() == 4 && shape.get(3) > 1) {
                kernels++;
                assertThat(channelStride(array)).as(named.getKey()).isEqualTo(1);
            }
        }
        assertThat(kernels).isPositive();
    }

    @Test
    void aNetworkThatIsInitializedAlreadyIsLaid() {
        Block net = initialized(resNet("group:4", false));
        NDArray images = manager.randomUniform(0, 1, IMAGES);
        NDArray before = forward(net, images, false);
        net.getParameters().valueAt(0).freeze(true);

        Block laid = new ChannelsLast(net);

        checkWeights(laid);
        assertClose(forward(laid, images, false), before);
        assertThat(laid.getParameters().values())
                .extracting(parameter -> parameter.getArray().hasGradient())
                .startsWith(false)
                .filteredOn(trained -> !trained)
                .hasSize(1);
    }

    @Test
    void oldArraysAreClosedAndNewOnesOutliveScopes() {
        Block net = new ChannelsLast(ofLayers());
        try (NDManager own = manager.newSubManager()) {
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                net.initialize(own, DataType.FLOAT32, IMAGES);
            }
            assertThat(own.getManagedArrays())
                    .containsExactlyInAnyOrderElementsOf(
                            net.getParameters().values().stream()
                                    .map(Parameter::getArray)
                                    .toList());
            checkWeights(net);
        }
    }

    @Test
    void initializingAgainKeepsTheArrays() {
        Block net = initialized(new ChannelsLast(ofLayers()));
        NDArray weight = net.getParameters().valueAt(0).getArray();

        initialized(net);

        assertThat(net.getParameters().valueAt(0).getArray()).isSameAs(weight);
    }

    @Test
    void aClearedNetworkIsLaidAgain() {
        Block net = initialized(new ChannelsLast(ofLayers()));

        net.clear();

        assertThat(net.isInitialized()).isFalse();
        checkWeights(initialized(net));
        assertThat(forward(net, manager.ones(IMAGES), false).getShape()).isEqualTo(new Shape(2, 5));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void filesAreThoseOfTheNetwork(boolean savedLaid) throws Exception {
        Block plain = initialized(resNet("group:4", false));
        Block laid = initialized(new ChannelsLast(resNet("group:4", false)));
        Block from = savedLaid ? laid : plain;
        Block to = savedLaid ? plain : laid;

        to.loadParameters(manager, file(from));

        assertSameValues(to, from);
        assertThat(file(to).readAllBytes()).isEqualTo(file(from).readAllBytes());
        checkWeights(laid);
    }

    @Test
    void aFileIsLoadedBeforeInitializing() throws Exception {
        Block plain = initialized(resNet("group:4", false));
        Block laid = new ChannelsLast(resNet("group:4", false));

        laid.loadParameters(manager, file(plain));
        laid.initialize(manager, DataType.FLOAT32, IMAGES);

        assertSameValues(laid, plain);
        checkWeights(laid);
        assertThat(laid.getParameters().valueAt(0).getArray().hasGradient()).isTrue();
    }

    @Test
    void aFileOfAnotherNetworkLeavesItAsItWas() throws Exception {
        Block other = initialized(resNet("instance", false));
        Block laid = initialized(new ChannelsLast(resNet("group:4", false)));
        Block before = initialized(resNet("group:4", false));
        copyValues(laid, before);

        assertThat(
                        org.assertj.core.api.Assertions.catchThrowable(
                                () -> laid.loadParameters(manager, file(other))))
                .hasMessageContaining("InstanceNorm");

        assertSameValues(laid, before);
        checkWeights(laid);
    }

    @Test
    void stateDictsAreThoseOfTheNetwork(@TempDir Path folder) throws IOException {
        Block plain = initialized(resNet("group:4", false));
        Block laid = initialized(new ChannelsLast(resNet("group:4", false)));
        for (String name : new String[] {"net.safetensors", "net.npz"}) {
            Path file = folder.resolve(name);
            for (boolean exportLaid : new boolean[] {false, true}) {
                initialized(clear(exportLaid ? plain : laid));
                Block from = exportLaid ? laid : plain;
                Block to = exportLaid ? plain : laid;
                StateDict.of(from).write(file);
                try (StateDict read = StateDict.read(file)) {
                    assertThat(WeightLoader.builder().build().load(read, to).isComplete()).isTrue();
                }
                assertSameValues(to, from);
                checkWeights(laid);
            }
        }
    }

    private static Block clear(Block net) {
        net.clear();
        return net;
    }

    @Test
    void aConversionFindsTheLayers() {
        for (SequentialBlock net :
                List.of(
                        resNet("batch", false),
                        new SequentialBlock().add(resNet("batch", false)))) {
            Block laid = initialized(new ChannelsLast(net));

            Block converted =
                    NormConversion.builder().setNorm(Norm.group(4)).build().convert(laid).block();

            assertThat(converted).isSameAs(laid);
            assertThat(laid.getParameters().keys()).noneMatch(name -> name.contains("BatchNorm"));
            assertThat(laid.getParameters().keys()).isEqualTo(net.getParameters().keys());
            assertThat(forward(laid, manager.ones(IMAGES), false).getShape())
                    .isEqualTo(new Shape(2, 5));
        }
    }

    @Test
    void aConversionFindsTheNetworksOwnChild() {
        SequentialBlock net = new SequentialBlock().add(BatchNorm.builder().build());
        Block laid = new ChannelsLast(net);

        NormConversion.builder().setNorm(Norm.group(3)).build().convert(laid);

        assertThat(net.getChildren().valueAt(0)).isInstanceOf(GroupNorm.class);
        assertThat(laid.getChildren().keys()).containsExactly("01GroupNorm");
    }

    @Test
    void trainingMovesTheWeightsAsWithout() throws Exception {
        Block plain = initialized(resNet("group:4", false));
        Block laid = initialized(new ChannelsLast(resNet("group:4", false)));
        copyValues(plain, laid);
        NDArray images = manager.randomUniform(0, 1, IMAGES);
        NDArray labels = manager.create(new long[] {1, 3});

        train(plain, images, labels);
        train(laid, images, labels);

        for (int i = 0; i < plain.getParameters().size(); i++) {
            assertClose(
                    laid.getParameters().valueAt(i).getArray(),
                    plain.getParameters().valueAt(i).getArray());
        }
        checkWeights(laid);
    }

    private void train(Block net, NDArray images, NDArray labels) {
        try (Model model = Model.newInstance("net")) {
            model.setBlock(net);
            Optimizer sgd =
                    Optimizer.sgd()
                            .setLearningRateTracker(Tracker.fixed(0.05f))
                            .optMomentum(0.9f)
                            .build();
            DefaultTrainingConfig config =
                    new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss()).optOptimizer(sgd);
            try (Trainer trainer = model.newTrainer(config)) {
                trainer.initialize(IMAGES);
                for (int step = 0; step < 3; step++) {
                    NDManager own = manager.newSubManager();
                    NDList data = new NDList(images.duplicate());
                    NDList label = new NDList(labels.duplicate());
                    Batch batch =
                            new Batch(
                                    own, data, label, 2, Batchifier.STACK, Batchifier.STACK, 0, 1);
                    EasyTrain.trainBatch(trainer, batch);
                    trainer.step();
                    batch.close();
                }
            }
        }
    }

    @Test
    void whatIsAddedToTheNetworkLaterIsPartOfIt() {
        SequentialBlock net = new SequentialBlock().add(ConvNorm.convGroupNorm(8, 2));
        Block laid = new ChannelsLast(net);

        net.add(ConvNorm.convGroupNorm(4, 2));
        initialized(laid);

        assertThat(laid.getParameters().keys()).isEqualTo(net.getParameters().keys());
        checkWeights(laid);
    }

    @Test
    void whatIsNoImagePassesThrough() {
        Block net = initialized(new ChannelsLast(Linear.builder().setUnits(3).build()), 2, 5);

        assertThat(forward(net, manager.ones(new Shape(2, 5)), false).getShape())
                .isEqualTo(new Shape(2, 3));
        Block identity = new ChannelsLast(Blocks.identityBlock());
        NDArray volume = manager.ones(new Shape(1, 2, 3, 4, 5));
        assertThat(forward(identity, volume, false)).isSameAs(volume);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPassKeepsNothingButItsResult(boolean training) {
        Block net = initialized(new ChannelsLast(resNet("group:4", false)));
        try (NDManager own = manager.newSubManager()) {
            NDArray images = own.randomUniform(0, 1, IMAGES);
            NDArray scores = forward(net, images, training);
            assertThat(own.getManagedArrays()).containsExactlyInAnyOrder(images, scores);
        }
    }

    private Block initialized(Block net, long... shape) {
        net.initialize(manager, DataType.FLOAT32, shape.length == 0 ? IMAGES : new Shape(shape));
        return net;
    }

    private static NDArray forward(Block net, NDArray images, boolean training) {
        ParameterStore store = new ParameterStore(images.getManager(), false);
        return net.forward(store, new NDList(images), training).singletonOrThrow();
    }

    private static DataInputStream file(Block net) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        net.saveParameters(new DataOutputStream(bytes));
        return new DataInputStream(new ByteArrayInputStream(bytes.toByteArray()));
    }

    /** The gradients of all parameters one after the other, and that of the images. */
    private NDArray gradients(Block net, NDArray images) {
        NDArray input = images.duplicate();
        input.setRequiresGradient(true);
        try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
            NDArray y = forward(net, input, true);
            collector.backward(y.square().sum());
        }
        NDList all = new NDList(input.getGradient().flatten());
        for (Parameter parameter : net.getParameters().values()) {
            if (parameter.requiresGradient()) {
                all.add(parameter.getArray().getGradient().flatten());
            }
        }
        return all.get(0).getNDArrayInternal().concat(all.subNDList(1), 0);
    }

    private void copyValues(Block from, Block to) throws Exception {
        to.loadParameters(manager, file(from));
        initialized(to); // DJL's loading leaves out which values are trained
    }

    private static void assertSameValues(Block actual, Block expected) {
        assertThat(actual.getParameters().keys()).isEqualTo(expected.getParameters().keys());
        for (Pair<String, Parameter> named : expected.getParameters()) {
            assertThat(actual.getParameters().get(named.getKey()).getArray().toFloatArray())
                    .as(named.getKey())
                    .isEqualTo(named.getValue().getArray().toFloatArray());
        }
    }

    private static void assertClose(NDArray actual, NDArray expected) {
        float scale = 1 + expected.abs().max().getFloat();
        assertThat(actual.getShape()).isEqualTo(expected.getShape());
        assertThat((double) actual.sub(expected).abs().max().getFloat())
                .isLessThan(ROUNDING * scale);
    }
}
