package io.github.djlnorm.samples.classification;

import ai.djl.nn.Block;
import io.github.djlnorm.samples.cli.BadInputException;
import io.github.djlnorm.samples.cli.OptionRules;
import io.github.djlnorm.weights.StateDict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** A model's weights in a file of the format that its name tells. */
final class Export {

    private static final List<String> ENDINGS = List.of(".safetensors", ".npz");

    private Export() {}

    /** Refuses what cannot be written, before there is anything to write. */
    static void check(Path path, OptionRules rules) {
        String name = path.toString().toLowerCase(Locale.ROOT);
        rules.require(
                ENDINGS.stream().anyMatch(name::endsWith),
                "--export",
                "a name that ends with " + String.join(" or ", ENDINGS),
                path);
        rules.require(
                Files.isDirectory(path.toAbsolutePath().getParent()),
                "--export",
                "in a folder that exists",
                path);
        rules.require(!Files.isDirectory(path), "--export", "a file", "the folder " + path);
    }

    /**
     * Writes all parameters, as a whole or not at all.
     *
     * @throws BadInputException if that is not possible
     */
    static void write(Path path, Block block) {
        try (StateDict weights = StateDict.of(block)) {
            weights.write(path);
        } catch (IOException e) {
            throw new BadInputException(
                    "cannot write " + path + ": make room there or give another --export", e);
        }
    }
}
