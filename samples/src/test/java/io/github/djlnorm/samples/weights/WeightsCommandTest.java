package io.github.djlnorm.samples.weights;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.core.Linear;
import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.CommandResult;
import io.github.djlnorm.samples.SpacedFolder;
import io.github.djlnorm.samples.classification.Classifier;
import io.github.djlnorm.samples.classification.ModelCard;
import io.github.djlnorm.samples.data.Preprocessing;
import io.github.djlnorm.samples.nets.Net;
import io.github.djlnorm.weights.StateDict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightsCommandTest {

    // A space in the name, as home folders have.
    @TempDir(factory = SpacedFolder.class)
    private Path folder;

    private Path weights;

    @BeforeEach
    void writeWeights() throws IOException {
        weights = folder.resolve("linear.safetensors");
        try (NDManager manager = NDManager.newBaseManager()) {
            Block linear = Linear.builder().setUnits(3).build();
            linear.initialize(manager, DataType.FLOAT32, new Shape(1, 500));
            StateDict.of(linear).write(weights);
        }
    }

    @Test
    void inspectListsTheTensors() {
        CommandResult run = CommandResult.of("weights", "inspect", weights.toString());

        assertThat(run.out().lines())
                .containsExactly(
                        "tensor  shape                 type                bytes",
                        "weight  (3, 500)              float32             6,000",
                        "bias    (3)                   float32                12",
                        "2 tensors, 6,012 bytes");
        assertThat(run.status()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"out.npz", "out.safetensors", "out.pth"})
    void convertWritesTheSameTensors(String name) {
        Path out = folder.resolve(name);

        CommandResult run =
                CommandResult.of("weights", "convert", weights.toString(), out.toString());

        assertThat(run.status()).isZero();
        assertThat(CommandResult.of("weights", "inspect", out.toString()).out())
                .isEqualTo(CommandResult.of("weights", "inspect", weights.toString()).out());
    }

    @Test
    void severalStateDictsAreChosenByTheOptionForIt() throws IOException {
        Path file = folder.resolve("two.pth");
        Files.write(file, twoStateDicts());

        assertRejected("give the key of one: model, ema.0", "inspect", file.toString());
        assertThat(CommandResult.of("weights", "inspect", file.toString(), "--key", "ema.0").out())
                .contains("not read: weight: its type is ComplexFloatStorage");
    }

    /** What torch.save wrote before its zip format: two state dicts that have one tensor. */
    private static byte[] twoStateDicts() {
        String storage =
                "(X\7\0\0\0storagectorch\nComplexFloatStorage\nX\1\0\0\0000X\3\0\0\0cpuK\1tQ";
        String tensor =
                "ctorch._utils\n_rebuild_tensor_v2\n(" + storage + "K\0K\1\205K\1\205\211NtR";
        String dict = "}X\6\0\0\0weight" + tensor + "s";
        String file =
                "\200\2\212\12l\374\234F\371 j\250P\31.\200\2M\351\3.\200\2}."
                        + "\200\2}(X\5\0\0\0model"
                        + dict
                        + "X\5\0\0\0ema.0"
                        + dict
                        + "u."
                        + "\200\2]X\1\0\0\0000a."
                        + "\1\0\0\0\0\0\0\0"
                        + "\0".repeat(8);
        return file.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void importGivesAModelTheWeightsOfAnother() throws IOException {
        Path target = Files.createDirectory(folder.resolve("target"));
        Path output = folder.resolve("output");
        Path file = folder.resolve("source.npz");
        List<float[]> expected;
        try (Classifier source = classifier();
                Classifier other = classifier()) {
            StateDict.of(source.model().getBlock()).write(file);
            expected = values(source);
            assertThat(values(other).get(0)).isNotEqualTo(expected.get(0));
            other.save(target);
        }

        CommandResult run =
                CommandResult.of(
                        "weights",
                        "import",
                        file.toString(),
                        "--model",
                        target.toString(),
                        "--output",
                        output.toString());

        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        try (Classifier imported = Classifier.load(output)) {
            assertThat(values(imported)).usingRecursiveComparison().isEqualTo(expected);
        }
    }

    @Test
    void importOfOtherNamesGoesByOrderOnlyIfAsked() throws IOException {
        Path target = Files.createDirectory(folder.resolve("target"));
        Path output = folder.resolve("output");
        Path file = folder.resolve("source.pth");
        List<float[]> expected;
        try (Classifier source = classifier();
                Classifier other = classifier()) {
            StateDict.of(source.model().getBlock(), name -> "net_" + name).write(file);
            expected = values(source);
            other.save(target);
        }
        String[] command = {
            "import", file.toString(), "--model", target.toString(), "--output", output.toString()
        };

        assertRejected("; here --order is optOrder, --convert-types optConvertTypes", command);
        CommandResult run =
                CommandResult.of(
                        Stream.of(Stream.of("weights"), Stream.of(command), Stream.of("--order"))
                                .flatMap(words -> words)
                                .toArray(String[]::new));

        assertThat(run.err()).isEmpty();
        try (Classifier imported = Classifier.load(output)) {
            assertThat(values(imported)).usingRecursiveComparison().isEqualTo(expected);
        }
    }

    @Test
    void importOfOtherWeightsIsRefusedAndWritesNothing() throws IOException {
        Path target = Files.createDirectory(folder.resolve("target"));
        Path output = folder.resolve("output");
        try (Classifier classifier = classifier()) {
            classifier.save(target);
        }

        assertRejected(
                "the checkpoint must fit the block",
                "import",
                weights.toString(),
                "--model",
                target.toString(),
                "--output",
                output.toString());
        assertThat(output).doesNotExist();
    }

    @Test
    void wrongInputIsNamed() throws IOException {
        Path text = Files.writeString(folder.resolve("text.pth"), "no weights at all");
        String file = weights.toString();
        assertRejected("no file missing.pth: give one with weights", "inspect", "missing.pth");
        assertRejected(
                text + ": this is no checkpoint: expected a file of torch.save",
                "inspect",
                text.toString());
        assertRejected(
                "expected .safetensors, .npz, .pth or .pt, got out.bin",
                "convert",
                file,
                "out.bin");
        assertRejected("only what torch.save wrote has keys", "inspect", file, "--key", "model");
        assertRejected("Missing required parameter: 'OUT'", "convert", file);
        assertRejected("Missing required subcommand");
    }

    private static Classifier classifier() {
        Classifier classifier =
                new Classifier(
                        new ModelCard(
                                Net.parse("resnet:8"),
                                Norm.parse("batch"),
                                List.of("a", "b"),
                                new Preprocessing(32)));
        classifier
                .model()
                .getBlock()
                .initialize(
                        classifier.model().getNDManager(),
                        DataType.FLOAT32,
                        new Shape(1, 3, 32, 32));
        return classifier;
    }

    private static List<float[]> values(Classifier classifier) {
        return classifier.model().getBlock().getParameters().values().stream()
                .map(p -> p.getArray().toFloatArray())
                .toList();
    }

    private static void assertRejected(String message, String... args) {
        String[] command = new String[args.length + 1];
        command[0] = "weights";
        System.arraycopy(args, 0, command, 1, args.length);
        CommandResult run = CommandResult.of(command);
        assertThat(run.err()).startsWith("Error: ").contains(message);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.status()).isEqualTo(2);
    }
}
