package io.github.djlnorm.samples.segmentation;

import ai.djl.translate.TranslateException;
import io.github.djlnorm.Norm;
import io.github.djlnorm.samples.cli.OptionRules;
import io.github.djlnorm.samples.cli.OutputFolder;
import io.github.djlnorm.samples.cli.ResultFiles;
import io.github.djlnorm.samples.cli.SettingFile;
import io.github.djlnorm.samples.data.ImageFiles;
import io.github.djlnorm.samples.data.ThreadsOption;
import io.github.djlnorm.samples.nets.Net;
import io.github.djlnorm.samples.studies.StudyDefaults;
import io.github.djlnorm.samples.studies.StudyOptions;
import io.github.djlnorm.samples.studies.StudyRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains U-Nets with several norms to tell the class of each pixel, and compares them. */
@Command(
        name = "segment",
        description =
                "Trains a U-Net with each of several norms to tell the class of each pixel, and"
                        + " compares them. With several --batch-size and --seeds it is a study."
                        + " Stopped, it goes on where it was. 'apply' uses a trained net.",
        subcommands = SegmentApplyCommand.class,
        defaultValueProvider = SegmentCommand.Defaults.class)
public final class SegmentCommand implements Callable<Integer> {

    private static final int DRAWN = 1000;
    private static final int DRAWN_QUICK = 60;
    private static final int DRAWN_TO_TEST = 200;
    private static final int SHOWN = 4;

    @Spec private CommandSpec spec;

    @Mixin private StudyOptions study;

    @Mixin private ThreadsOption threads;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "A folder with images/ and masks/ of the same names; a mask holds the number or"
                            + " the color of each pixel's class. Every fifth image is to test with."
                            + " Default: scenes of shapes that the program draws.")
    private Path data;

    @Option(
            names = "--image-size",
            paramLabel = "PIXELS",
            description = "Width and height that images are scaled to. Default: ${DEFAULT-VALUE}.")
    private int imageSize;

    @Option(
            names = "--width",
            paramLabel = "CHANNELS",
            description = "The U-Net's channels at full size. Default: ${DEFAULT-VALUE}.")
    private int width;

    @Option(
            names = "--depth",
            paramLabel = "NUMBER",
            description = "How many times the U-Net halves the image. Default: ${DEFAULT-VALUE}.")
    private int depth;

    @Option(
            names = "--batch-size",
            paramLabel = "NUMBER",
            split = ",",
            description =
                    "Images per training step; several, separated by commas, are compared."
                            + " Default: ${DEFAULT-VALUE}.")
    private List<Integer> batchSizes;

    @Option(
            names = "--epochs",
            paramLabel = "NUMBER",
            description = "Passes over the training images. Default: ${DEFAULT-VALUE}.")
    private int epochs;

    @Option(
            names = "--learning-rate",
            paramLabel = "RATE",
            description =
                    "Adam's step size at the start for batch size 1; it grows with the square root"
                            + " of the batch size, and falls to zero along a cosine."
                            + " Default: ${DEFAULT-VALUE}.")
    private float learningRate;

    @Option(
            names = "--quick",
            description =
                    "Shows in seconds what the command does, with two norms, small nets, one epoch"
                            + " and a few scenes.")
    private boolean quick;

    /** What the command takes for options that are not given. */
    static final class Defaults extends StudyDefaults {
        Defaults() {
            super(
                    "--norm", "group:8,batch,instance",
                    "--batch-size", "1",
                    "--seeds", "1",
                    "--image-size", "48",
                    "--width", "8",
                    "--depth", "3",
                    "--epochs", "8",
                    "--learning-rate", "0.0015",
                    "--threads", "1",
                    "--output", "build/samples/segment");
        }
    }

    @Override
    public Integer call() throws Exception {
        if (quick) {
            study.beQuick(List.of(Norm.group(8), Norm.batch()));
            epochs = 1;
        }
        check(new OptionRules(spec));
        SegmentationData scenes =
                data == null
                        ? SegmentationData.drawn(
                                quick ? DRAWN_QUICK : DRAWN,
                                quick ? DRAWN_QUICK : DRAWN_TO_TEST,
                                imageSize)
                        : MaskedFolder.read(data);
        PrintWriter out = spec.commandLine().getOut();
        SegmentTraining training =
                new SegmentTraining(scenes, net(), imageSize, epochs, learningRate);
        try (OutputFolder folder = OutputFolder.open(study.output())) {
            out.println(training.setting());
            new SettingFile(folder.path()).require(training.setting());
            List<SegmentResult> results = new ArrayList<>();
            List<StudyRun> runs = study.runs(batchSizes);
            for (StudyRun run : runs) {
                out.printf("%d of %d: %s%n", runs.indexOf(run) + 1, runs.size(), run);
                Path model = folder.file(run.fileName());
                training.train(run, model, report -> out.println(report.line()));
                results.addAll(SegmentResult.of(run, model, scenes.test()));
            }
            SegmentSummary summary = new SegmentSummary(scenes.classes(), results);
            summary.lines().forEach(out::println);
            write(summary, scenes.test().first(SHOWN), folder, out);
        }
        return 0;
    }

    private void check(OptionRules rules) {
        study.check(rules);
        threads.apply(rules);
        rules.requirePositive("--epochs", epochs);
        rules.requireAboveZero("--learning-rate", learningRate);
        rules.requireDistinct("--norm", study.norms());
        rules.requireDistinct("--batch-size", batchSizes);
        rules.requirePositive("--batch-size", Collections.min(batchSizes));
        rules.requirePositive("--width", width);
        rules.require(depth >= 1 && depth <= 6, "--depth", "from 1 to 6", depth);
        Net net = net();
        rules.require(
                imageSize >= net.minImageSize(),
                "--image-size",
                "at least %d for a depth of %d".formatted(net.minImageSize(), depth),
                imageSize);
        for (Norm norm : study.norms()) {
            rules.requireFits(
                    "a width of %d with %s".formatted(width, norm),
                    () -> net.create(norm, 2, imageSize));
        }
    }

    private Net net() {
        return Net.unet(width, depth);
    }

    private void write(
            SegmentSummary summary, Scene.Source shown, OutputFolder folder, PrintWriter out)
            throws IOException, TranslateException {
        Path numbers = folder.file("summary.csv");
        ResultFiles.write(numbers, summary.csv());
        Path pictures = folder.file("pictures.png");
        ImageFiles.write(pictures, grid(shown, folder).draw());
        out.println();
        out.println("numbers: " + numbers);
        out.println("pictures: " + pictures);
        out.println("models: " + folder.path());
    }

    /** What the nets of the smallest batch size and the first seed find. */
    private SegmentGrid grid(Scene.Source shown, OutputFolder folder)
            throws IOException, TranslateException {
        SegmentGrid grid = new SegmentGrid(shown, imageSize);
        int batchSize = Collections.min(batchSizes);
        for (Norm norm : study.norms()) {
            StudyRun run = new StudyRun(norm, batchSize, 1);
            for (Mode mode : Mode.of(norm)) {
                try (Segmenter net = Segmenter.load(folder.file(run.fileName()))) {
                    grid.add(mode.label(norm), net.segment(shown, batchSize, mode));
                }
            }
        }
        return grid;
    }
}
