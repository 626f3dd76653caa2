package io.github.djlnorm;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import io.github.djlnorm.advice.Advisor;
import io.github.djlnorm.advice.Finding;
import io.github.djlnorm.advice.ModelFamily;
import io.github.djlnorm.advice.Recommendation;
import io.github.djlnorm.advice.TrainingSetting;
import io.github.djlnorm.conversion.NormConversion;
import io.github.djlnorm.convolutional.ConvNorm;
import io.github.djlnorm.models.CifarResNet;
import io.github.djlnorm.weights.LoadReport;
import io.github.djlnorm.weights.StateDict;
import io.github.djlnorm.weights.WeightLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The snippets of the library's README, which stand here between the lines "snippet" and "end". */
class ReadmeTest {

    private static final Path README = Path.of("README.md");
    private static final Path THIS =
            Path.of("test", "java", "io", "github", "djlnorm", "ReadmeTest.java");

    @Test
    void aModelOfConvNormBlocks() {
        // snippet
        Norm norm = Norm.parse("group:32"); // or batch, instance, group-channels:16 ...
        Block net =
                new SequentialBlock()
                        .add(
                                ConvNorm.builder()
                                        .setKernelShape(new Shape(3, 3))
                                        .setFilters(64)
                                        .setNorm(norm)
                                        .build())
                        .add(
                                ConvNorm.builder()
                                        .setKernelShape(new Shape(3, 3))
                                        .setFilters(128)
                                        .setNorm(norm)
                                        .optStride(new Shape(2, 2))
                                        .build())
                        .add(ConvNorm.convGroupNorm(128, 32)) // 3x3 convolution, GroupNorm, ReLU
                        .add(Pool.globalAvgPool2dBlock())
                        .add(Linear.builder().setUnits(10).build());
        Block resNet = CifarResNet.builder().setNumLayers(20).setOutSize(10).setNorm(norm).build();
        // end
        for (Block block : List.of(net, resNet)) {
            try (NDManager manager = NDManager.newBaseManager()) {
                NDArray images = manager.randomNormal(new Shape(2, 3, 32, 32));
                block.initialize(manager, DataType.FLOAT32, images.getShape());
                assertThat(Run.forward(block, images, Run.EVALUATION).getShape())
                        .isEqualTo(new Shape(2, 10));
            }
        }
    }

    @Test
    void weightsThereAndBack(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("net.npz");
        Path back = folder.resolve("back.safetensors");
        try (NDManager manager = NDManager.newBaseManager()) {
            Block other = ConvNorm.convGroupNorm(8, 2);
            Block net = ConvNorm.convGroupNorm(8, 2);
            for (Block block : List.of(other, net)) {
                block.initialize(manager, DataType.FLOAT32, new Shape(1, 3, 8, 8));
            }
            StateDict.of(other, name -> "stem." + name).write(file);
            // snippet
            try (StateDict checkpoint = StateDict.read(file)) { // or read(file, key)
                LoadReport report =
                        WeightLoader.builder().optOrder(true).build().load(checkpoint, net);
                // predict, or train on
                StateDict.of(net, report::checkpointName).write(back);
            }
            // end
            try (StateDict written = StateDict.read(back)) {
                assertThat(written.tensors().keySet()).allMatch(n -> n.startsWith("stem."));
                assertThat(written.get("stem.01Conv2d.weight", manager))
                        .isEqualTo(other.getParameters().valueAt(0).getArray());
            }
        }
    }

    @Test
    void aModelIsMovedFromBatchNorm() {
        Block model = new SequentialBlock().add(BatchNorm.builder().build());
        // snippet
        NormConversion conversion =
                NormConversion.builder().setNorm(Norm.groupOfChannels(16)).build();
        String plan =
                conversion
                        .plan(model)
                        .toString(); // what would be replaced and what cannot be, by path
        Block converted =
                conversion.convert(model).block(); // replaces every BatchNorm, or changes nothing
        // end
        assertThat(plan).contains("01BatchNorm  BatchNorm  -> GroupNorm");
        assertThat(converted.getChildren().get("01GroupNorm")).isInstanceOf(GroupNorm.class);
    }

    @Test
    void adviceOnAModel() {
        Block model = new SequentialBlock().add(BatchNorm.builder().build());
        try (NDManager manager = NDManager.newBaseManager()) {
            model.initialize(manager, DataType.FLOAT32, new Shape(2, 64, 32, 32));
            // snippet
            TrainingSetting setting =
                    new TrainingSetting(
                            ModelFamily.OBJECT_DETECTION, 2, 8); // 2 images on each of 8 devices
            List<Finding> findings = Advisor.check(model, setting);
            Norm norm = Recommendation.of(ModelFamily.OBJECT_DETECTION, 2).norm(); // group:32
            // end
            assertThat(findings)
                    .singleElement()
                    .asString()
                    .startsWith("01BatchNorm: FEW_VALUES_PER_CHANNEL")
                    .contains("the global batch of 16 does not help");
            assertThat(norm).hasToString("group:32");
        }
    }

    @Test
    void everySnippetStandsInTheReadmeOfTheLibrary() throws IOException {
        String readme = normalized(Files.readAllLines(README));
        assertThat(snippets()).isNotEmpty().allSatisfy(s -> assertThat(readme).contains(s));
    }

    private static List<String> snippets() throws IOException {
        List<String> snippets = new ArrayList<>();
        List<String> snippet = null;
        for (String line : Files.readAllLines(THIS)) {
            if (line.strip().equals("// snippet")) {
                snippet = new ArrayList<>();
            } else if (line.strip().equals("// end")) {
                snippets.add(normalized(snippet));
                snippet = null;
            } else if (snippet != null) {
                snippet.add(line);
            }
        }
        return snippets;
    }

    /** The README breaks lines where it reads best, the formatter where it must. */
    private static String normalized(List<String> lines) {
        return String.join(" ", lines).replaceAll("\\s+", "");
    }
}
