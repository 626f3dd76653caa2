package io.github.djlnorm.samples.weights;

import io.github.djlnorm.samples.classification.Classifier;
import io.github.djlnorm.samples.cli.BadInputException;
import io.github.djlnorm.samples.cli.ResultFiles;
import io.github.djlnorm.weights.StateDict;
import io.github.djlnorm.weights.WeightLoader;
import io.github.djlnorm.weights.storage.Tensor;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows, converts and imports weights that PyTorch saved, without Python. */
@Command(
        name = "weights",
        description = "Shows, converts and imports PyTorch checkpoints, safetensors and npz files.")
public final class WeightsCommand {

    /** What is done with a state dict. */
    private interface Use {
        void of(StateDict weights) throws IOException;
    }

    @Spec private CommandSpec spec;

    /** A file of weights. */
    private static final class Source {

        @Parameters(
                paramLabel = "FILE",
                index = "0",
                description = "What torch.save wrote, a safetensors or an npz file.")
        private Path file;

        @Option(
                names = "--key",
                paramLabel = "KEY",
                description =
                        "The key of the state dict inside a checkpoint, as in model, or keys with dots"
                                + " between them. Needed if there are several.")
        private String key;
    }

    @Command(name = "inspect", description = "Lists the tensors in a file.")
    void inspect(@Mixin Source source) {
        use(
                source,
                weights -> {
                    print(weights.tensors());
                    printRefused(weights.refused());
                });
    }

    private void printRefused(Map<String, String> refused) {
        PrintWriter out = spec.commandLine().getOut();
        refused.forEach(
                (name, reason) ->
                        out.println(
                                "not read: " + name.replaceAll("\\p{Cntrl}", "?") + ": " + reason));
    }

    private void print(Map<String, Tensor> tensors) {
        int width = tensors.keySet().stream().mapToInt(String::length).max().orElse(0);
        String row = "%-" + Math.max(width, "tensor".length()) + "s  %-20s  %-8s  %,15d";
        PrintWriter out = spec.commandLine().getOut();
        out.println(row.replace("%,15d", "%15s").formatted("tensor", "shape", "type", "bytes"));
        long total = 0;
        for (Map.Entry<String, Tensor> named : tensors.entrySet()) {
            Tensor tensor = named.getValue();
            out.println(
                    String.format(
                            Locale.ROOT,
                            row,
                            named.getKey().replaceAll("\\p{Cntrl}", "?"),
                            tensor.shape(),
                            tensor.storedType(),
                            tensor.byteSize()));
            total += tensor.byteSize();
        }
        out.println(String.format(Locale.ROOT, "%d tensors, %,d bytes", tensors.size(), total));
    }

    @Command(name = "convert", description = "Writes a file's tensors to another format.")
    void convert(
            @Mixin Source source,
            @Parameters(
                            paramLabel = "OUT",
                            index = "1",
                            description = "A name that ends with .safetensors, .npz, .pth or .pt.")
                    Path out) {
        use(
                source,
                weights -> {
                    weights.write(out);
                    printRefused(weights.refused());
                });
    }

    @Command(
            name = "import",
            description = "Puts a file's tensors, by name, into a model that 'train' saved.")
    void importInto(
            @Mixin Source source,
            @Option(
                            names = "--model",
                            required = true,
                            paramLabel = "PATH",
                            description = "The output folder of 'train', or a model's file.")
                    Path model,
            @Option(
                            names = "--output",
                            required = true,
                            paramLabel = "DIR",
                            description = "The folder for the model with the new weights.")
                    Path output,
            @Option(
                            names = "--order",
                            description =
                                    "Layers without tensors of their names get those of the file's"
                                            + " layers, in their order.")
                    boolean order,
            @Option(
                            names = "--convert-types",
                            description =
                                    "Values become the type of their parameter, as float16 does.")
                    boolean convertTypes)
            throws IOException {
        try (Classifier classifier = Classifier.load(model)) {
            WeightLoader loader =
                    WeightLoader.builder().optOrder(order).optConvertTypes(convertTypes).build();
            use(source, weights -> load(weights, loader, classifier));
            classifier.forgetOptimizer();
            // DJL saves a block that it loaded only after this, which leaves its values.
            classifier.initialize();
            ResultFiles.create(output);
            classifier.save(output);
        }
    }

    private static void load(StateDict weights, WeightLoader loader, Classifier classifier)
            throws IOException {
        try {
            loader.load(weights, classifier.model().getBlock());
        } catch (IllegalArgumentException e) {
            throw new BadInputException(
                    e.getMessage() + "; here --order is optOrder, --convert-types optConvertTypes",
                    e);
        }
    }

    private static void use(Source source, Use use) {
        if (!Files.isRegularFile(source.file)) {
            throw new BadInputException("no file " + source.file + ": give one with weights");
        }
        try (StateDict weights =
                source.key == null
                        ? StateDict.read(source.file)
                        : StateDict.read(source.file, source.key)) {
            use.of(weights);
        } catch (IOException | IllegalArgumentException e) {
            throw new BadInputException(e.getMessage(), e);
        }
    }
}
