package io.github.djlnorm.samples.style;

import io.github.djlnorm.samples.cli.Targets;
import io.github.djlnorm.samples.data.ImageFiles;
import io.github.djlnorm.samples.images.BadImages;
import io.github.djlnorm.samples.images.ImageDecoder;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Paints image files with a saved generator. */
@Command(
        name = "apply",
        description = "Paints image files of any size with a generator that 'stylize' saved.")
final class StylizeApplyCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Option(
            names = "--model",
            required = true,
            paramLabel = "PATH",
            description = "A generator's file in the output folder of 'stylize'.")
    private Path model;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            defaultValue = "build/samples/stylized",
            description =
                    "Where the painted images go, each as NAME-stylized.png."
                            + " Default: ${DEFAULT-VALUE}.")
    private Path output;

    @Parameters(paramLabel = "IMAGE", arity = "1..*", description = "The image files.")
    private List<Path> images;

    @Override
    public Integer call() throws Exception {
        Targets targets = Targets.of(images, output);
        try (Stylizer stylizer = Stylizer.load(model)) {
            Painter painter = new Painter(stylizer);
            BadImages bad = new BadImages();
            for (Path image : images) {
                bad.attempt(
                        image,
                        () -> {
                            Path painted = targets.of(image, "-stylized.png");
                            ImageFiles.write(
                                    painted, painter.paint(image, ImageDecoder.decode(image)));
                            spec.commandLine().getOut().println(painted);
                        });
            }
            bad.refuse();
        }
        return 0;
    }
}
