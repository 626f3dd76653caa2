package io.github.djlnorm.samples;

import ai.djl.ndarray.NDManager;
import io.github.djlnorm.Norm;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows what normalizations keep of an image's brightness and contrast. */
@Command(
        name = "lighting-study",
        description =
                "Shows what normalizations keep of an image's brightness and contrast: trains nets on"
                        + " normal images and tests them on darker and lighter ones, and trains nets"
                        + " to tell the brightness itself.")
final class LightingStudyCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Mixin private StudyOptions options;

    @Option(
            names = "--norm",
            paramLabel = "NORM",
            defaultValue = "batch,group:8,instance",
            split = ",",
            converter = Converters.ToNorm.class,
            completionCandidates = Converters.Norms.class,
            description =
                    "The norms, separated by commas: "
                            + "${COMPLETION-CANDIDATES}."
                            + " Default: ${DEFAULT-VALUE}.")
    private List<Norm> norms;

    @Option(
            names = "--epochs",
            paramLabel = "NUMBER",
            defaultValue = "6",
            description = "Passes over the training images. Default: ${DEFAULT-VALUE}.")
    private int epochs;

    @Option(names = "--quick", description = "Takes few images and epochs, to see it run.")
    private boolean quick;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            defaultValue = "build/samples/lighting-study",
            description = "Where the figure and the numbers go. Default: ${DEFAULT-VALUE}.")
    private Path output;

    @Override
    public Integer call() throws Exception {
        options.apply();
        PrintWriter out = spec.commandLine().getOut();
        ImageData data = options.load(LightingNet.IMAGE_SIZE);
        Output.create(output);
        try (NDManager manager = NDManager.newBaseManager()) {
            ImageArrays train =
                    ImageArrays.read(data.train(), manager).limit(quick ? 1000 : 100000);
            ImageArrays test = ImageArrays.read(data.test(), manager).limit(quick ? 200 : 100000);
            LightingStudy study =
                    new LightingStudy(
                            train, test, data.classes(), new Training(epochs, 0.002f, 1), 32);
            for (int seed : options.seeds()) {
                for (Norm norm : norms) {
                    long t = System.nanoTime();
                    out.println(seed + " " + norm + " " + study.classify(norm, seed).values());
                    out.println(
                            seed
                                    + " "
                                    + norm
                                    + " "
                                    + study.tellLevel(LightingNet.unpadded(), norm, seed));
                    out.println(
                            seed
                                    + " "
                                    + norm
                                    + " padded "
                                    + study.tellLevel(LightingNet.padded(), norm, seed));
                    out.println((System.nanoTime() - t) / 1e9);
                }
            }
        }
        return 0;
    }
}
