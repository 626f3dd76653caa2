package io.github.djlnorm.samples.classification;

import ai.djl.inference.Predictor;
import ai.djl.modality.Classifications;
import ai.djl.modality.Classifications.Classification;
import ai.djl.modality.cv.Image;
import io.github.djlnorm.samples.cli.OptionRules;
import io.github.djlnorm.samples.data.ImageFiles;
import io.github.djlnorm.samples.images.BadImages;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Classifies image files with a saved model. */
@Command(name = "predict", description = "Classifies image files with a model that 'train' saved.")
public final class PredictCommand implements Callable<Integer> {

    @Spec private CommandSpec spec;

    @Option(
            names = "--model",
            required = true,
            paramLabel = "PATH",
            description = "The output folder of 'train', or a model's file.")
    private Path model;

    @Option(
            names = "--top",
            paramLabel = "NUMBER",
            defaultValue = "3",
            description = "How many classes to show. Default: ${DEFAULT-VALUE}.")
    private int top;

    @Parameters(paramLabel = "IMAGE", arity = "1..*", description = "The image files.")
    private List<Path> images;

    @Override
    public Integer call() throws Exception {
        new OptionRules(spec).requirePositive("--top", top);
        try (Classifier classifier = Classifier.load(model).requireOfImages(model);
                Predictor<Image, Classifications> predictor = classifier.newPredictor(top)) {
            BadImages bad = new BadImages();
            for (Path image : images) {
                bad.attempt(
                        image,
                        () -> {
                            Classifications result = predictor.predict(ImageFiles.read(image));
                            spec.commandLine().getOut().println(image + ": " + text(result));
                        });
            }
            bad.refuse();
        }
        return 0;
    }

    private static String text(Classifications result) {
        List<Classification> best = result.topK();
        return best.stream()
                .map(
                        c ->
                                String.format(
                                        Locale.ROOT,
                                        "%s %.4f",
                                        c.getClassName(),
                                        c.getProbability()))
                .collect(Collectors.joining(", "));
    }
}
