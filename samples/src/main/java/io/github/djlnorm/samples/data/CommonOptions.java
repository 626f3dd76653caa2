package io.github.djlnorm.samples.data;

import io.github.djlnorm.samples.cli.OptionRules;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of all commands that train. */
public final class CommonOptions {

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "A folder with train/ and test/, each with one folder of images per class."
                            + " Default: images that the program draws.")
    private Path data;

    @Option(
            names = "--seed",
            paramLabel = "NUMBER",
            defaultValue = "1",
            description =
                    "What all that is random follows from: drawn images, initial parameters,"
                            + " filters, and the order of images. Default: ${DEFAULT-VALUE}.")
    private int seed;

    @Mixin private ThreadsOption threads;

    /** Checks the options and applies them. */
    public void apply(OptionRules rules) {
        threads.apply(rules);
    }

    public int seed() {
        return seed;
    }

    public ImageData load(Preprocessing preprocessing, int batchSize, boolean augment) {
        return data == null
                ? ImageData.shapes(preprocessing, batchSize, seed, augment)
                : ImageData.folders(data, preprocessing, batchSize, augment);
    }

    /** Images to be painted, one at a time. */
    public ImageData loadLandscapes(Preprocessing preprocessing) {
        return data == null
                ? ImageData.landscapes(preprocessing, seed)
                : ImageData.folders(data, preprocessing, 1, false);
    }

    /** The images in words. */
    public String images() {
        return data == null ? "drawn shapes (seed " + seed + ")" : data.getFileName().toString();
    }
}
