package io.github.djlnorm.samples.segmentation;

import io.github.djlnorm.samples.cli.Targets;
import io.github.djlnorm.samples.data.ImageFiles;
import io.github.djlnorm.samples.images.BadImages;
import io.github.djlnorm.samples.images.ImageDecoder;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Segments image files with a saved net. */
@Command(
        name = "apply",
        description =
                "Segments image files of any size with a net that 'segment' saved. The net sees an"
                        + " image in the size that it was trained with.")
final class SegmentApplyCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Option(
            names = "--model",
            required = true,
            paramLabel = "PATH",
            description =
                    "A model's file or folder, such as group-8-batch1-seed1 in the output folder of"
                            + " 'segment'.")
    private Path model;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            defaultValue = "build/samples/segmented",
            description =
                    "Where the results go: NAME-mask.png, whose stored values are the classes, and"
                            + " NAME-segmented.png to look at. Default: ${DEFAULT-VALUE}.")
    private Path output;

    @Parameters(paramLabel = "IMAGE", arity = "1..*", description = "The image files.")
    private List<Path> images;

    @Override
    public Integer call() throws Exception {
        Targets targets = Targets.of(images, output);
        try (Segmenter segmenter = Segmenter.load(model)) {
            BadImages bad = new BadImages();
            for (Path file : images) {
                bad.attempt(
                        file,
                        () -> {
                            BufferedImage image = ImageDecoder.decode(file);
                            Mask mask = segmenter.segment(image);
                            ImageFiles.write(targets.of(file, "-mask.png"), mask.picture());
                            Path picture = targets.of(file, "-segmented.png");
                            ImageFiles.write(picture, mask.over(image));
                            String found = mask.describe(segmenter.classes());
                            spec.commandLine().getOut().println(picture + ": " + found);
                        });
            }
            bad.refuse();
        }
        return 0;
    }
}
