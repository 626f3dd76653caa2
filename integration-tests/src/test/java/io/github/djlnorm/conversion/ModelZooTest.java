package io.github.djlnorm.conversion;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Model;
import ai.djl.basicmodelzoo.cv.classification.MobileNetV1;
import ai.djl.basicmodelzoo.cv.classification.MobileNetV2;
import ai.djl.basicmodelzoo.cv.classification.ResNetV1;
import ai.djl.basicmodelzoo.cv.object_detection.ssd.SingleShotDetection;
import ai.djl.basicmodelzoo.cv.object_detection.yolo.YOLOV3;
import ai.djl.basicmodelzoo.tabular.TabNet;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import io.github.djlnorm.Norm;
import io.github.djlnorm.conversion.ConversionReport.Kept;
import io.github.djlnorm.testing.Managed;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every model of DJL's model zoo that has a BatchNorm, converted. */
class ModelZooTest {

    private static final Shape IMAGES = new Shape(2, 3, 64, 64);
    private static final int CLASSES = 10;

    @Managed private NDManager manager;

    private record Zoo(String name, Supplier<Block> maker, int batchNorms) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Zoo> classifiers() {
        return Stream.of(
                new Zoo("ResNet18", () -> resNet(18), 1 + 8 * 3 + 4),
                new Zoo("ResNet50", () -> resNet(50), 1 + 16 * 3 + 4),
                new Zoo(
                        "MobileNetV1",
                        () -> MobileNetV1.builder().setOutSize(CLASSES).build(),
                        1 + 13 * 2),
                new Zoo(
                        "MobileNetV2",
                        () -> MobileNetV2.builder().setOutSize(CLASSES).build(),
                        2 + 17 * 3));
    }

    static Stream<Object[]> conversions() {
        return classifiers()
                .flatMap(
                        zoo ->
                                Stream.of(Norm.group(32), Norm.instance(), Norm.frozenBatch())
                                        .map(norm -> new Object[] {zoo, norm}));
    }

    @ParameterizedTest(name = "{0} to {1}")
    @MethodSource("conversions")
    void aConvertedClassifierTrainsAndIsSavedAndLoaded(Zoo zoo, Norm norm, @TempDir Path folder)
            throws Exception {
        NDArray x = manager.randomNormal(IMAGES);
        float[] predicted;
        try (Model model = Model.newInstance("net")) {
            Block net = zoo.maker().get();
            model.setBlock(net);
            net.initialize(model.getNDManager(), DataType.FLOAT32, IMAGES);
            Set<Parameter> others = parametersBesideBatchNorm(net);

            ConversionReport report = convert(net, norm);

            assertThat(report.replaced()).hasSize(zoo.batchNorms());
            assertThat(batchNorms(net)).isEmpty();
            assertThat(parameters(net)).containsAll(others);
            trainOneStep(model, x);
            predicted = predict(net, x).toFloatArray();
            assertThat(predicted).doesNotContain(Float.NaN);
            model.save(folder, "net");
        }
        try (Model model = Model.newInstance("net")) {
            Block fresh = zoo.maker().get();
            convert(fresh, norm);
            model.setBlock(fresh);
            model.load(folder);
            assertThat(predict(fresh, x).toFloatArray()).isEqualTo(predicted);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("classifiers")
    void aFrozenClassifierPredictsInTrainingTooWhatTheOriginalPredicted(Zoo zoo) {
        Block net = zoo.maker().get();
        net.initialize(manager, DataType.FLOAT32, IMAGES);
        // Running statistics other than zero and one.
        forward(net, manager.randomNormal(IMAGES).add(1), true);
        NDArray x = manager.randomNormal(IMAGES);
        NDArray expected = predict(net, x);

        convert(net, Norm.frozenBatch());

        double scale = expected.abs().max().getFloat();
        for (boolean training : new boolean[] {false, true}) {
            NDArray y = forward(net, x, training).singletonOrThrow();
            assertThat(y.sub(expected).abs().max().getFloat() / scale).isLessThan(1e-5);
        }
    }

    @Test
    void aDetectorOfOneShotIsConverted() {
        Block detector = singleShotDetection();
        detector.initialize(manager, DataType.FLOAT32, IMAGES);

        assertThat(convert(detector, Norm.group(32)).replaced()).hasSize(6);

        assertThat(detector.getParameters().keys()).noneMatch(key -> key.contains("BatchNorm"));
        assertThat(forward(detector, manager.randomNormal(IMAGES), true)).hasSize(3);
    }

    @Test
    void aYoloDetectorIsConverted() {
        Block detector = YOLOV3.builder().setNumClasses(2).build();
        detector.initialize(manager, DataType.FLOAT32, IMAGES);
        int batchNorms = batchNorms(detector).size();

        assertThat(convert(detector, Norm.groupOfChannels(16)).replaced()).hasSize(batchNorms);

        assertThat(batchNorms).isPositive();
        assertThat(batchNorms(detector)).isEmpty();
        assertThat(forward(detector, manager.randomNormal(IMAGES), true)).hasSize(3);
    }

    @Test
    void aTabularNetHasOneValueForEachChannelAndTakesGroupsOnly() {
        Block net = TabNet.builder().setInputDim(12).setOutDim(3).build();
        net.initialize(manager, DataType.FLOAT32, new Shape(4, 12));
        int batchNorms = batchNorms(net).size();

        ConversionReport instance = to(Norm.instance()).plan(net);
        ConversionReport group = convert(net, Norm.groupOfChannels(4));

        assertThat(instance.replaced()).isEmpty();
        assertThat(instance.kept()).hasSize(batchNorms);
        assertThat(instance.kept()).extracting(Kept::reason).allMatch(r -> r.contains("2 or more"));
        assertThat(group.replaced()).hasSize(batchNorms);
        assertThat(forward(net, manager.randomNormal(new Shape(4, 12)), true)).hasSize(2);
    }

    private static NormConversion to(Norm norm) {
        return NormConversion.builder().setNorm(norm).build();
    }

    private static ConversionReport convert(Block net, Norm norm) {
        ConversionResult converted = to(norm).convert(net);
        assertThat(converted.block()).isSameAs(net);
        assertThat(converted.report().isComplete()).isTrue();
        return converted.report();
    }

    private static Block resNet(int layers) {
        return ResNetV1.builder()
                .setNumLayers(layers)
                .setOutSize(CLASSES)
                .setImageShape(IMAGES.slice(1))
                .build();
    }

    private static Block singleShotDetection() {
        List<List<Float>> sizes = new ArrayList<>(Collections.nCopies(4, List.of(0.2f, 0.4f)));
        List<List<Float>> ratios = new ArrayList<>(Collections.nCopies(4, List.of(1f, 2f, 0.5f)));
        return SingleShotDetection.builder()
                .setNumClasses(1)
                .setBaseNetwork(SingleShotDetection.getDownSamplingBlock(16))
                .setNumFeatures(2)
                .setSizes(sizes)
                .setRatios(ratios)
                .build();
    }

    private static void trainOneStep(Model model, NDArray x) {
        try (Trainer trainer =
                model.newTrainer(new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss()))) {
            trainer.initialize(x.getShape());
            NDArray labels = x.getManager().create(new float[] {1, 2});
            List<float[]> before = trained(model.getBlock());
            try (GradientCollector collector = trainer.newGradientCollector()) {
                NDArray y = trainer.forward(new NDList(x)).singletonOrThrow();
                collector.backward(trainer.getLoss().evaluate(new NDList(labels), new NDList(y)));
            }
            trainer.step();
            List<float[]> after = trained(model.getBlock());
            assertThat(after).hasSameSizeAs(before);
            long moved =
                    IntStream.range(0, after.size())
                            .filter(i -> !Arrays.equals(before.get(i), after.get(i)))
                            .count();
            assertThat(moved).isGreaterThan(after.size() * 9L / 10);
        }
    }

    private static List<float[]> trained(Block net) {
        return net.getParameters().values().stream()
                .filter(Parameter::requiresGradient)
                .map(p -> p.getArray().toFloatArray())
                .toList();
    }

    private static NDArray predict(Block net, NDArray x) {
        return forward(net, x, false).singletonOrThrow();
    }

    private static NDList forward(Block net, NDArray x, boolean training) {
        return net.forward(new ParameterStore(x.getManager(), false), new NDList(x), training);
    }

    private static Set<Parameter> parametersBesideBatchNorm(Block net) {
        Set<Parameter> others = parameters(net);
        batchNorms(net).forEach(layer -> others.removeAll(layer.getParameters().values()));
        return others;
    }

    private static Set<Parameter> parameters(Block net) {
        Set<Parameter> all = Collections.newSetFromMap(new IdentityHashMap<>());
        all.addAll(net.getParameters().values());
        return all;
    }

    private static List<Block> batchNorms(Block block) {
        List<Block> all = new ArrayList<>();
        if (block instanceof BatchNorm) {
            all.add(block);
        }
        block.getChildren().values().forEach(child -> all.addAll(batchNorms(child)));
        return all;
    }
}
