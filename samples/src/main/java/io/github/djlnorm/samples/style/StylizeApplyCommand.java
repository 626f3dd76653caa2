package io.github.djlnorm.samples.style;

import io.github.djlnorm.samples.cli.BadInputException;
import io.github.djlnorm.samples.cli.ResultFiles;
import io.github.djlnorm.samples.data.ImageFiles;
import io.github.djlnorm.samples.images.BadImages;
import io.github.djlnorm.samples.images.ImageDecoder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
        requireDistinctNames();
        try (Stylizer stylizer = Stylizer.load(model)) {
            ResultFiles.create(output);
            Painter painter = new Painter(stylizer);
            BadImages bad = new BadImages();
            for (Path image : images) {
                bad.attempt(
                        image,
                        () -> {
                            Path painted = target(image);
                            ImageFiles.write(
                                    painted, painter.paint(image, ImageDecoder.decode(image)));
                            spec.commandLine().getOut().println(painted);
                        });
            }
            bad.refuse();
        }
        return 0;
    }

    private void requireDistinctNames() {
        Map<Path, Path> targets = new HashMap<>();
        for (Path image : images) {
            Path other = targets.put(target(image), image);
            if (other != null) {
                throw new BadInputException(
                        "%s and %s would both become %s: give one at a time with --output"
                                .formatted(other, image, target(image)));
            }
        }
    }

    private Path target(Path image) {
        String name = image.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return output.resolve((dot > 0 ? name.substring(0, dot) : name) + "-stylized.png");
    }
}
