package io.github.djlnorm.samples.style;

import ai.djl.ndarray.NDArray;
import ai.djl.translate.TranslateException;
import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.cli.OptionRules;
import io.github.djlnorm.samples.data.CommonOptions;
import io.github.djlnorm.samples.data.MemoryImages;
import io.github.djlnorm.samples.data.Preprocessing;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options of a generator's training. */
final class StylizeOptions {

    private static final int MIN_IMAGE_SIZE = 32;
    private static final int TEST_IMAGES = 8;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Mixin private CommonOptions common;

    @Option(
            names = "--style",
            paramLabel = "STYLE",
            defaultValue = "strokes",
            description =
                    "The style: waves, mosaic or strokes, which the program draws, or an image"
                            + " file. Default: ${DEFAULT-VALUE}.")
    private String style;

    @Option(
            names = "--image-size",
            paramLabel = "PIXELS",
            defaultValue = "256",
            description = "Width and height that images are scaled to. Default: ${DEFAULT-VALUE}.")
    private int imageSize;

    @Option(
            names = "--crop",
            paramLabel = "PIXELS",
            defaultValue = "128",
            description =
                    "Width and height of the parts of images, at random places, that are trained"
                            + " with. Default: ${DEFAULT-VALUE}.")
    private int crop;

    @Option(
            names = "--images",
            paramLabel = "NUMBER",
            defaultValue = "300",
            description =
                    "How many images to train with at most, spread over the classes."
                            + " Default: ${DEFAULT-VALUE}.")
    private int images;

    @Option(
            names = "--steps",
            paramLabel = "NUMBER",
            defaultValue = "300",
            description = "Training steps. Default: ${DEFAULT-VALUE}.")
    private int steps;

    @Option(
            names = "--batch-size",
            paramLabel = "NUMBER",
            defaultValue = "4",
            description = "Images per training step. Default: ${DEFAULT-VALUE}.")
    private int batchSize;

    @Option(
            names = "--width",
            paramLabel = "NUMBER",
            defaultValue = "12",
            description = "The generator's channels at full size. Default: ${DEFAULT-VALUE}.")
    private int width;

    @Option(
            names = "--blocks",
            paramLabel = "NUMBER",
            defaultValue = "3",
            description = "The generator's residual blocks. Default: ${DEFAULT-VALUE}.")
    private int blocks;

    @Option(
            names = "--content-weight",
            paramLabel = "WEIGHT",
            defaultValue = "0.2",
            description =
                    "What a content loss of 1 counts beside a style loss of 1."
                            + " Default: ${DEFAULT-VALUE}.")
    private float contentWeight;

    @Option(
            names = "--keep-contrast",
            description =
                    "Also asks for each content's own brightness and contrast, which InstanceNorm"
                            + " takes away.")
    private boolean keepContrast;

    @Option(
            names = "--learning-rate",
            paramLabel = "RATE",
            defaultValue = "0.002",
            description = "Adam's step size at the start. Default: ${DEFAULT-VALUE}.")
    private float learningRate;

    @Option(
            names = "--seeds",
            paramLabel = "NUMBER",
            defaultValue = "1",
            description =
                    "How many generators to train with each norm, from --seed on; the first one is"
                            + " saved and shown. Default: ${DEFAULT-VALUE}.")
    private int seeds;

    @Option(
            names = "--quick",
            description =
                    "Shows in seconds what the command does, with a small generator, small images,"
                            + " few of them and few steps.")
    private boolean quick;

    /** Checks the options and applies them. */
    void apply(List<Norm> norms) {
        if (quick) {
            beQuick();
        }
        OptionRules rules = new OptionRules(command);
        rules.require(
                imageSize >= MIN_IMAGE_SIZE,
                "--image-size",
                "at least " + MIN_IMAGE_SIZE,
                imageSize);
        rules.require(
                crop >= MIN_IMAGE_SIZE && crop <= imageSize,
                "--crop",
                "from %d to --image-size".formatted(MIN_IMAGE_SIZE),
                crop);
        rules.requirePositive("--images", images);
        rules.requirePositive("--steps", steps);
        rules.requirePositive("--batch-size", batchSize);
        rules.requirePositive("--width", width);
        rules.require(blocks >= 0, "--blocks", "at least 0", blocks);
        rules.requireAboveZero("--content-weight", contentWeight);
        rules.requireAboveZero("--learning-rate", learningRate);
        rules.requirePositive("--seeds", seeds);
        common.apply(rules);
        rules.requireDistinct("--norm", norms);
        norms.forEach(
                norm ->
                        rules.requireFits(
                                "a generator of width %d with %s".formatted(width, norm),
                                () -> card(norm).newGenerator()));
    }

    private void beQuick() {
        imageSize = 2 * MIN_IMAGE_SIZE;
        crop = MIN_IMAGE_SIZE;
        images = 50;
        steps = 40;
        width = 4;
        blocks = 1;
    }

    StylizerCard card(Norm norm) {
        return new StylizerCard(norm, width, blocks);
    }

    /** A training for each seed. */
    List<StylizeTraining> trainings() {
        return IntStream.range(0, seeds)
                .mapToObj(
                        i ->
                                new StylizeTraining(
                                        steps, batchSize, crop, learningRate, common.seed() + i))
                .toList();
    }

    BufferedImage styleImage() {
        return StyleImages.of(style);
    }

    /** The images to paint. */
    MemoryImages loadContents() throws IOException, TranslateException {
        Preprocessing resizing = Preprocessing.resizing(imageSize);
        return new MemoryImages(common.loadLandscapes(resizing), resizing, images, TEST_IMAGES);
    }

    StyleLoss loss(NDArray styleImage) {
        return new StyleLoss(styleImage, contentWeight, keepContrast);
    }

    /** The line above a training's reports. */
    String heading(Norm norm, MemoryImages contents) {
        return String.format(
                "generator with %s, %d channels and %d residual blocks at batch size %d: style %s,"
                        + " %d images to paint of %dx%d pixels",
                norm,
                width,
                blocks,
                batchSize,
                style,
                contents.trainingImages(),
                imageSize,
                imageSize);
    }
}
